#!/bin/sh
# ufw allow and delete, three times.
# needs: systemd
# row: ufw allow/delete
# firewall: ufw
# expect: no alert
. "$LAB/lib.sh"
for port in 8080 8081 8082; do inside ufw allow $port/tcp; done
inside ufw delete allow 8081/tcp
inside ufw deny from 192.0.2.0/24
inside ufw delete deny from 192.0.2.0/24
