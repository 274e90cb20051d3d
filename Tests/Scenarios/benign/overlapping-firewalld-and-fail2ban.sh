#!/bin/sh
# While fail2ban bans, an administrator adds and removes ports with firewall-cmd. (A reload of firewalld would take the bans away.)
# needs: systemd
# row: firewall-cmd --add-port, fail2ban ban/unban
# firewall: firewalld fail2ban
# expect: no alert
. "$LAB/lib.sh"
{ for port in 8080 8081 8082; do inside firewall-cmd --add-port=$port/tcp; done; inside firewall-cmd --remove-port=8081/tcp; } &
for n in 1 2 3 4 5; do inside fail2ban-client set sshd banip 192.0.2.$n; done
inside fail2ban-client set sshd unbanip 192.0.2.1
wait
