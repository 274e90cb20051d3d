#!/bin/sh
# systemd-run has pid 1 start nft: nobody of the login is above it.
# needs: systemd
# row: evasion 22
# firewall: nftables
# expect: WW002 by nft
. "$LAB/lib.sh"
inside systemd-run --quiet --wait --unit=updater nft flush ruleset
