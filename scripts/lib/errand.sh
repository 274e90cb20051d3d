# shellcheck shell=bash disable=SC2034
# Sourced by scripts/lab and scripts/bench (bash): what is run in a virtual machine, and written on this side.

# keep_back FLAG OPTION…: the file behind FLAG goes into $json, all other options into ${given[@]}; both are the caller's.
keep_back() {
    local flag=$1
    shift
    while [ $# -gt 0 ]; do
        case $1 in
        "$flag")
            json=$2
            shift
            ;;
        *) given+=("$1") ;;
        esac
        shift
    done
}
