#!/bin/sh
# What an unattended upgrade does to services: daemon-reload, then firewalld and fail2ban restarted by a unit of apt's.
# needs: systemd
# row: systemctl restart / stop firewalld, dpkg
# firewall: firewalld fail2ban
# settle: 12
# expect: no alert
. "$LAB/lib.sh"
inside systemd-run --quiet --wait --unit=upgrade-now sh -c 'systemctl daemon-reload; systemctl try-restart firewalld.service fail2ban.service'
wait_for sh -c 'nsenter -t "$BOX" -a -- nft list ruleset | grep -q filter_INPUT'
