#!/bin/sh
# The real fail2ban is restarted, with addresses banned.
# needs: systemd
# row: fail2ban stop
# firewall: nftables fail2ban
# settle: 12
# expect: no alert
. "$LAB/lib.sh"
for n in 1 2 3; do inside fail2ban-client set sshd banip 192.0.2.$n; done
inside systemctl restart fail2ban
