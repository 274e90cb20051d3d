#!/bin/sh
# systemctl stop nftables, which runs nft flush ruleset.
# needs: systemd
# row: nftables.service stop
# firewall: nftables
# settle: 12
# expect: WW002 by systemctl
. "$LAB/lib.sh"
inside systemctl stop nftables
