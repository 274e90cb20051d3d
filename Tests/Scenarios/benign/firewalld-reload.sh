#!/bin/sh
# firewall-cmd --reload and --complete-reload.
# needs: systemd
# row: firewall-cmd --reload / --complete-reload
# firewall: firewalld
# expect: no alert
. "$LAB/lib.sh"
inside firewall-cmd --reload
inside firewall-cmd --complete-reload
