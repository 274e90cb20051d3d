# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by scripts/test (bash): stages that are timed, whose counts are added up.

passed=0 failed=0 skipped=0 ran=0 summary=()

# add PASSED FAILED SKIPPED
add() {
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3)) ran=$((ran + $1 + $2))
    stage_counts="$1 passed, $2 failed, $3 skipped"
}

# stage NAME FUNCTION: runs it with its output shown and kept in $log; a stage that neither counts nor succeeds is one failure.
stage() {
    local name=$1 began=$SECONDS status=0
    log=$work/$name.log stage_counts=''
    say "— $name"
    "$2" || status=$?
    if [ "$status" != 0 ] && { [ -z "$stage_counts" ] || [[ $stage_counts == *" 0 failed"* ]]; }; then
        add 0 1 0
        stage_counts="failed (status $status)"
    fi
    summary+=("$(printf '%-12s %4d s  %s' "$name" $((SECONDS - began)) "${stage_counts:-done}")")
    say "  $name: ${stage_counts:-done} in $((SECONDS - began)) s"
}

# shown COMMAND…: its output shown and kept, except for its closing line: only ours is to stand alone.
shown() {
    "$@" 2>&1 | tee "$log" | { grep --line-buffered -Ev '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' || true; }
    return "${PIPESTATUS[0]}"
}

# count_live: from the live runner's closing line.
count_live() {
    local line
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -n 1)
    [ -n "$line" ] || return 1
    # shellcheck disable=SC2086,SC2046 # three numbers
    add $(echo "$line" | tr -dc '0-9 ')
}

# count_swift: from swift test's closing lines, one of Swift Testing and one of XCTest.
count_swift() {
    local tests bad skips xctest xbad
    tests=$(sed -n 's/.*Test run with \([0-9]*\) tests\{0,1\}.*/\1/p' "$log" | tail -n 1)
    bad=$(grep -E ' Test .* failed after ' "$log" | grep -cv 'Test run with' || true)
    skips=$(grep -cE ' Test .* skipped' "$log" || true)
    xctest=$(sed -n 's/.*Executed \([0-9]*\) tests\{0,1\}, with.*/\1/p' "$log" | tail -n 1)
    xbad=$(sed -n 's/.*Executed [0-9]* tests\{0,1\}, with .*\b\([0-9]*\) failures\{0,1\}.*/\1/p' "$log" | tail -n 1)
    [ -n "$tests$xctest" ] || return 1
    add $((${tests:-0} + ${xctest:-0} - bad - ${xbad:-0})) $((bad + ${xbad:-0})) "$skips"
}
