#!/bin/sh
# firewall-cmd makes the zone that accepts everything the default one.
# needs: systemd
# row: firewall-cmd --add-port, evasion 22
# firewall: firewalld
# expect: WW006 by firewall-cmd
. "$LAB/lib.sh"
inside firewall-cmd --set-default-zone=trusted
