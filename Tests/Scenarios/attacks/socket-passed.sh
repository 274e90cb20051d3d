#!/bin/sh
# A netlink socket is handed to another process, by SCM_RIGHTS; who opened it is gone when it is used.
# row: evasion 15
# firewall: host.nft
# expect: WW002 by python3.11
# who: take
. "$LAB/lib.sh"
/usr/bin/python3 -B "$LIVE/passed.py" give "$WORK/door" &
wait_for test -S "$WORK/door"
/usr/bin/python3 -B "$LIVE/passed.py" take "$WORK/door" host
wait
