# shellcheck shell=bash disable=SC2154
# Sourced by scripts/lab: the lab in a virtual machine.

# lab_in_vm VERSION OPTION…: the scenarios under one of Debian's kernels, in QEMU, one at a time. They and their programs go along
# as an archive, since the machine has no compiler. (Called behind ||, so nothing here ends by `set -e`.) With --json-out what came of it is written on this side.
lab_in_vm() {
    local version=$1 work status=0 json='' given=()
    shift
    keep_back --json-out "$@"
    work=$(mktemp -d)
    mkdir -p "$work/tree/Tests" "$work/tree/deeds"
    cp -r "$root/Tests/Scenarios" "$work/tree/Tests/"
    /usr/bin/python3 "$root/Tests/Scenarios/run" --build "$work/tree/deeds"
    tar -C "$work/tree" -cf "$work/lab.tar" .
    : >"$work/said"
    "$root/scripts/vm" run --binary "$binary" --kernel "$version" --take "$work/lab.tar" --timeout 3600 -- \
        /bin/sh -c 'cd /wallwatch && tar -xf lab.tar && rm lab.tar && exec env WALLWATCH_VM=1 LAB_DEEDS=/wallwatch/deeds /usr/bin/python3 Tests/Scenarios/run --binary /wallwatch/wallwatch --jobs 1 "$@"' sh "${given[@]}" | tee "$work/said" | grep --line-buffered -v '^@@lab '
    status=${PIPESTATUS[0]}
    [ -z "$json" ] || lab_json "$version" "$work/said" >"$json"
    rm -rf "$work"
    return "$status"
}

# lab_json VERSION FILE: what the machine said came of each scenario, for --also.
lab_json() {
    printf '{"kernel": "%s", "command": "sudo scripts/lab --vm %s%s", "results": [' "$1" "$1" "${given[*]:+ ${given[*]}}"
    sed -n 's/^@@lab //p' "$2" | paste -sd,
    echo ']}'
}
