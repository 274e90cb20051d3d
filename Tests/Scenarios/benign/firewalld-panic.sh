#!/bin/sh
# Panic mode is switched on, and off again a moment later.
# needs: systemd
# row: firewall-cmd --panic-on/off
# firewall: firewalld
# expect: no alert
. "$LAB/lib.sh"
inside firewall-cmd --panic-on
settled
inside firewall-cmd --panic-off
