#!/bin/sh
# systemctl reload and restart of nftables.
# needs: systemd
# row: nftables.service start/reload
# firewall: nftables
# settle: 12
# expect: no alert
. "$LAB/lib.sh"
inside systemctl reload nftables
inside systemctl restart nftables
