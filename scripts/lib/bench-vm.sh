# shellcheck shell=bash disable=SC2154
# Sourced by scripts/bench: the bench in a virtual machine.

# bench_in_vm VERSION OPTION…: the bench and its helpers, compiled here since the machine has no compiler, go along as an archive, and so do the
# other tools with their libraries. The JSON comes out over the serial line.
bench_in_vm() {
    local version=$1 work status=0 json='' given=()
    shift
    keep_back --json "$@"
    work=$(mktemp -d)
    mkdir -p "$work/tree/Tests/Bench" "$work/tree/helpers"
    cp "$root"/Tests/Bench/*.py "$root/Tests/Bench/run" "$work/tree/Tests/Bench/"
    say "the other tools, for the guest"
    /usr/bin/python3 "$root/Tests/Bench/run" --build "$work/tree/helpers" --unpack "$work/tree/peers"
    tar -C "$work/tree" -czf "$work/bench.tar.gz" .
    : >"$work/said"
    "$root/scripts/vm" run --binary "$binary" --kernel "$version" --take "$work/bench.tar.gz" --memory 3072 --timeout 7200 -- \
        /bin/sh -c 'cd /wallwatch && tar -xzf bench.tar.gz && rm bench.tar.gz && export WALLWATCH_VM=1 WALLWATCH_BENCH_HELPERS=/wallwatch/helpers WALLWATCH_BENCH_CACHE=/wallwatch/peers &&
            /usr/bin/python3 Tests/Bench/run --binary /wallwatch/wallwatch --json /tmp/bench.json "$@"; status=$?; sed "s/^/@@bench /" /tmp/bench.json; exit $status' sh "${given[@]}" |
        tee "$work/said" | grep --line-buffered -v '^@@bench '
    status=${PIPESTATUS[0]}
    [ -z "$json" ] || sed -n 's/^@@bench //p' "$work/said" >"$json"
    rm -rf "$work"
    return "$status"
}
