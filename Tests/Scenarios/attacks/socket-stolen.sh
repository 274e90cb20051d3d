#!/bin/sh
# A netlink socket is taken out of a living process, by pidfd_getfd(2).
# row: evasion 15
# firewall: host.nft
# expect: WW002 by python3.11
# who: steal
. "$LAB/lib.sh"
mkfifo "$WORK/stdin"
/usr/bin/python3 -B "$LIVE/passed.py" hold < "$WORK/stdin" > "$WORK/said" &
exec 3> "$WORK/stdin"
wait_for test -s "$WORK/said"
read -r pid descriptor < "$WORK/said"
/usr/bin/python3 -B "$LIVE/passed.py" steal "$pid" "$descriptor" host
exec 3>&-
wait
