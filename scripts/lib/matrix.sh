# shellcheck shell=bash disable=SC2154
# Sourced by scripts/kernel-matrix: one machine for one kernel and tier, and the table of what came out.
# $work/VERSION-TIER.cell holds a line: TIER PASSED FAILED SKIPPED SECONDS NOTE.

unfetched() {
    say "kernel $1 could not be fetched: skipped"
    echo "$1" >"$work/$1.release"
    echo "- 0 0 1 0 the kernel could not be fetched" >"$work/$1-${tiers[0]}.cell"
}

# set_of TIER VERSION: which tests it is given.
set_of() {
    if [ -z "$quick" ]; then
        echo all
    elif [ "$1 $2" = "full 6.1" ]; then
        echo kernel
    else
        echo tier
    fi
}

# is_wanted VERSION TIER: quickly, the restricted tier is tried where the verifier is strictest (scripts/test has it natively),
# and the kprobe tier on the oldest and the newest.
is_wanted() {
    [ -n "$quick" ] || return 0
    case $2 in
    restricted) [ "$1" = 5.10 ] ;;
    kprobe) [ "$1" != 6.1 ] ;;
    esac
}

# run_cell VERSION TIER FOLDER: shows what the machine says, each line behind version and tier, and keeps the cell.
run_cell() {
    local version=$1 tier=$2 name=$1-$2 status=0
    local log=$work/$name.log
    : >"$log"
    "$root/scripts/vm" run --binary "$binary" --kernel "$3" --timeout "$limit" --take "$root/scripts/lib/matrix-guest" -- \
        /usr/bin/python3 /wallwatch/matrix-guest --tier "$tier" --set "$(set_of "$tier" "$version")" "${guest[@]}" \
        >"$log" 2>&1 </dev/null &
    # shellcheck disable=SC2064 # this very process
    trap "kill $! 2>/dev/null || true" EXIT
    tail -n +1 -s 0.5 -f --pid=$! "$log" | sed -u "/^@@cell/d; s/^/$version $tier: /"
    wait $! || status=$?
    trap - EXIT
    sed -n 's/^@@cell //p' "$log" >"$work/$name.cell"
    [ -s "$work/$name.cell" ] || echo "$tier 0 1 0 0 the machine ended before (status $status)" >"$work/$name.cell"
}

# print_matrix VERSION…: the table and the closing line; the status is 1 when anything failed or nothing ran.
print_matrix() {
    local version tier cell passed=0 failed=0 skipped=0 row='%-28s %-11s %7s %7s %8s %8s  %s\n'
    # shellcheck disable=SC2059 # a format of ours
    printf "\n$row" kernel tier passed failed skipped seconds ''
    for version in "$@"; do
        for tier in "${tiers[@]}"; do
            [ -e "$work/$version-$tier.cell" ] || continue
            read -r -a cell <"$work/$version-$tier.cell"
            # shellcheck disable=SC2059
            printf "$row" "$(cat "$work/$version.release")" "${cell[@]:0:5}" "${cell[*]:5}"
            passed=$((passed + cell[1])) failed=$((failed + cell[2])) skipped=$((skipped + cell[3]))
        done
    done
    printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}
