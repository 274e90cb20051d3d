#!/bin/sh
# The program is removed while it runs, and then told what to do.
# row: evasion 23
# firewall: host.nft
# expect: WW002 by dbus-daemon
. "$LAB/lib.sh"
copy nft "$WORK/dbus-daemon"
mkfifo "$WORK/orders"
"$WORK/dbus-daemon" -f "$WORK/orders" &
exec 3> "$WORK/orders"
rm "$WORK/dbus-daemon"
echo "flush ruleset" >&3
exec 3>&-
wait $!
