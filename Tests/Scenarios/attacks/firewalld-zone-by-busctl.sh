#!/bin/sh
# busctl has firewalld make the zone that accepts everything the default one.
# needs: systemd
# row: firewall-cmd --add-port, evasion 22, evasion 9
# firewall: firewalld
# expect: WW006 by busctl
. "$LAB/lib.sh"
inside busctl call org.fedoraproject.FirewallD1 /org/fedoraproject/FirewallD1 org.fedoraproject.FirewallD1 setDefaultZone s trusted
