#!/bin/sh
# systemctl stop fail2ban, with addresses banned.
# needs: systemd
# row: fail2ban stop
# firewall: nftables fail2ban
# settle: 12
# expect: WW008 by systemctl
. "$LAB/lib.sh"
inside fail2ban-client set sshd banip 192.0.2.7
settled
inside systemctl stop fail2ban
