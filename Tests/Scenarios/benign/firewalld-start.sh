#!/bin/sh
# firewalld starts where there was no firewall.
# needs: systemd
# row: firewalld start
# settle: 12
# expect: no alert
. "$LAB/lib.sh"
inside systemctl start firewalld
wait_for sh -c 'nsenter -t "$BOX" -a -- nft list ruleset | grep -q filter_INPUT'
