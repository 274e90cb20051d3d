#!/bin/sh
# iptables-legacy-restore replaces the table by an empty one, under another name of the program.
# row: evasion 1
# needs: netns iptables-legacy-restore
# firewall: iptables.legacy
# expect: WW002 by systemd-udevd
. "$LAB/lib.sh"
copy iptables-legacy-restore "$WORK/systemd-udevd"
printf '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n' > "$WORK/empty"
ln -s systemd-udevd "$WORK/iptables-legacy-restore"
"$WORK/iptables-legacy-restore" "$WORK/empty"
