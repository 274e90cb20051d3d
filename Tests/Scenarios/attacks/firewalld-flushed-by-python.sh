#!/bin/sh
# Beside a running firewalld, Python's libnftables is not needed: raw netlink deletes the table.
# needs: systemd
# row: evasion 1, evasion 22
# firewall: firewalld
# expect: WW002 by python3.11
. "$LAB/lib.sh"
nsenter -t "$BOX" -n -- /usr/bin/python3 -B "$LIVE/raw_netlink.py" delete-table inet firewalld
