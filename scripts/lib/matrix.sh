# shellcheck shell=bash disable=SC2154
# Sourced by scripts/kernel-matrix: one machine for one kernel, and the table of what came out.
# $work/VERSION.cells holds a line a cell: TIER PASSED FAILED SKIPPED SECONDS NOTE.

unfetched() {
    say "kernel $1 could not be fetched: skipped"
    echo "$1" >"$work/$1.release"
    echo "- 0 0 1 0 the kernel could not be fetched" >"$work/$1.cells"
}

# run_kernel VERSION FOLDER: shows what the machine says, each line behind the version, and keeps the cells.
run_kernel() {
    local version=$1 log=$work/$1.log tier status=0
    kernel_release "$2" >"$work/$version.release"
    : >"$log"
    "$root/scripts/vm" run --binary "$binary" --kernel "$2" --timeout "$limit" --take "$root/scripts/lib/matrix-guest" -- \
        /usr/bin/python3 /wallwatch/matrix-guest "${guest[@]}" >"$log" 2>&1 </dev/null &
    # shellcheck disable=SC2064 # this very process
    trap "kill $! 2>/dev/null || true" EXIT
    tail -n +1 -s 0.5 -f --pid=$! "$log" | sed -u "/^@@cell/d; s/^/$version: /"
    wait $! || status=$?
    trap - EXIT
    sed -n 's/^@@cell //p' "$log" >"$work/$version.cells"
    for tier in "${tiers[@]}"; do
        grep -q "^$tier " "$work/$version.cells" || echo "$tier 0 1 0 0 the machine ended before (status $status)" >>"$work/$version.cells"
    done
}

# print_matrix VERSION…: the table and the closing line; the status is 1 when anything failed or nothing ran.
print_matrix() {
    local version cell passed=0 failed=0 skipped=0 row='%-28s %-11s %7s %7s %8s %8s  %s\n'
    # shellcheck disable=SC2059 # a format of ours
    printf "\n$row" kernel tier passed failed skipped seconds ''
    for version in "$@"; do
        while read -r -a cell; do
            # shellcheck disable=SC2059
            printf "$row" "$(cat "$work/$version.release")" "${cell[@]:0:5}" "${cell[*]:5}"
            passed=$((passed + cell[1])) failed=$((failed + cell[2])) skipped=$((skipped + cell[3]))
        done <"$work/$version.cells"
    done
    printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}
