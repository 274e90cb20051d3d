#!/bin/sh
# ufw reload: a hundred rules go and come within two seconds.
# needs: systemd
# row: ufw reload
# firewall: ufw
# settle: 12
# expect: no alert
. "$LAB/lib.sh"
inside ufw reload
