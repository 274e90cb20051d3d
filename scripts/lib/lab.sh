# shellcheck shell=bash disable=SC2154
# Sourced by scripts/lab: the lab in a virtual machine.

# lab_in_vm VERSION OPTION…: the scenarios under one of Debian's kernels, in QEMU, one at a time. They and their programs go along
# as an archive, since the machine has no compiler.
lab_in_vm() {
    local version=$1 work status=0
    shift
    work=$(mktemp -d)
    mkdir -p "$work/tree/Tests" "$work/tree/deeds"
    cp -r "$root/Tests/Scenarios" "$work/tree/Tests/"
    /usr/bin/python3 "$root/Tests/Scenarios/run" --build "$work/tree/deeds"
    tar -C "$work/tree" -cf "$work/lab.tar" .
    "$root/scripts/vm" run --binary "$binary" --kernel "$version" --take "$work/lab.tar" --timeout 3600 -- \
        /bin/sh -c 'cd /wallwatch && tar -xf lab.tar && rm lab.tar && exec env WALLWATCH_VM=1 LAB_DEEDS=/wallwatch/deeds /usr/bin/python3 Tests/Scenarios/run --binary /wallwatch/wallwatch --jobs 1 "$@"' sh "$@" || status=$?
    rm -rf "$work"
    return "$status"
}
