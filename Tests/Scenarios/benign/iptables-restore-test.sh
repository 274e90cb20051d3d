#!/bin/sh
# iptables-restore --test and nft --check send what they would do, and do nothing.
# row: netfilter-persistent start/reload
# firewall: iptables.rules
# expect: no alert
iptables-restore --test < "$LAB/firewalls/sets.rules" 2>/dev/null || true
echo 'flush ruleset' | nft --check -f -
iptables -A INPUT -p tcp --dport 8080 -j ACCEPT
iptables -D INPUT -p tcp --dport 8080 -j ACCEPT
