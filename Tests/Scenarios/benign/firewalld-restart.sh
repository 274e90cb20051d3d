#!/bin/sh
# systemctl restart firewalld, twice.
# needs: systemd
# row: systemctl restart / stop firewalld
# firewall: firewalld
# settle: 12
# expect: no alert
. "$LAB/lib.sh"
inside systemctl restart firewalld
inside systemctl restart firewalld
wait_for sh -c 'nsenter -t "$BOX" -a -- nft list ruleset | grep -q filter_INPUT'
