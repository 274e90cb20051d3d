# shellcheck shell=sh
# Sourced by the scenarios: . "$LAB/lib.sh". What they are given: LAB, LIVE (the live tests' deeds in Python), DEEDS
# (compiled ones), WORK (a folder under /tmp of the scenario's own), OTHER (another namespace), COLLECTOR (its pid).
set -e

# What was done settles: a burst is over, and is judged.
settled() { sleep "$SETTLE"; }

# copy PROGRAM PATH: a copy under another name.
copy() { cp "$(realpath "$(command -v "$1")")" "$2"; }

# in_unit UNIT COMMAND…: in the control group of a systemd service.
in_unit() {
    [ -n "$CGROUP" ] || { echo "no cgroup v2 to write to" && exit 77; }
    mkdir -p "$CGROUP/system.slice/$1"
    sh -c 'echo $$ > "$0"; shift; exec "$@"' "$CGROUP/system.slice/$1/cgroup.procs" "$@"
}

# in_container COMMAND…: in the control group of a container, and in a mount namespace of its own.
in_container() {
    [ -n "$CGROUP" ] || { echo "no cgroup v2 to write to" && exit 77; }
    container=$CGROUP/system.slice/docker-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope
    mkdir -p "$container"
    sh -c 'echo $$ > "$0"; exec unshare -m "$@"' "$container/cgroup.procs" "$@"
}

# handle FAMILY TABLE CHAIN TEXT: the handle of the first rule with this text.
handle() { nft -a list chain "$1" "$2" "$3" | sed -n "/$4/s/.*# handle //p" | head -n 1; }

# wait_for COMMAND…: until it succeeds, thirty seconds at most.
wait_for() {
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 600 ] || { echo "in vain: $*" && exit 1; }
        sleep 0.05
    done
}

# inside COMMAND…: in the container with systemd.
inside() { nsenter -t "$BOX" -a -- "$@"; }

# owned_firewall: a firewall in a table that $owner owns, an nft that reads commands from descriptor 3.
owned_firewall() {
    mkfifo "$WORK/stdin"
    nft -i < "$WORK/stdin" > /dev/null 2>&1 &
    owner=$!
    exec 3> "$WORK/stdin"
    cat >&3 <<'NFT'
add table inet guarded { flags owner; }
add chain inet guarded input { type filter hook input priority 0; policy drop; }
add rule inet guarded input ct state established accept
add rule inet guarded input tcp dport 22 accept
add rule inet guarded input tcp dport 23 drop
add rule inet guarded input tcp dport 25 drop
add rule inet guarded input tcp dport 445 drop
NFT
    wait_for sh -c 'nft list ruleset | grep -q 445'
    settled
}
