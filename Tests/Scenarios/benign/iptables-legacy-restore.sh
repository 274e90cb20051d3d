#!/bin/sh
# iptables-legacy-restore, as ferm has it called, replaces the table by the same.
# row: iptables-legacy(-restore) and ferm
# needs: netns iptables-legacy
# firewall: iptables.legacy
# expect: no alert
iptables-legacy-restore < "$LAB/firewalls/iptables.legacy"
iptables-legacy -A INPUT -p tcp --dport 8080 -j ACCEPT
iptables-legacy -D INPUT -p tcp --dport 8080 -j ACCEPT
iptables-legacy-restore < "$LAB/firewalls/iptables.legacy"
