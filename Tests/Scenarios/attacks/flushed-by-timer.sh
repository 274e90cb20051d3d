#!/bin/sh
# A timer of systemd starts it a second later.
# needs: systemd
# row: evasion 22
# firewall: nftables
# expect: WW002 by nft
. "$LAB/lib.sh"
inside systemd-run --quiet --on-active=1 --timer-property=AccuracySec=100ms nft flush ruleset
wait_for sh -c 'test -z "$(nsenter -t "$BOX" -a -- nft list ruleset)"'
