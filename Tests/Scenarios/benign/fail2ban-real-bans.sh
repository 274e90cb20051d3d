#!/bin/sh
# The real fail2ban bans and unbans.
# needs: systemd
# row: fail2ban 1st ban, fail2ban ban/unban
# firewall: nftables fail2ban
# expect: no alert
. "$LAB/lib.sh"
for n in 1 2 3; do inside fail2ban-client set sshd banip 192.0.2.$n; done
for n in 1 2 3; do inside fail2ban-client set sshd unbanip 192.0.2.$n; done
