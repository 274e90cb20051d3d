#!/bin/sh
# Programs ask for what is not there, and may not do what they ask for.
# row: aborted and refused requests
# firewall: host.nft
# expect: no alert
nft delete table inet nothing 2>/dev/null || true
nft delete rule inet host input handle 4711 2>/dev/null || true
iptables -D INPUT -p tcp --dport 4711 -j DROP 2>/dev/null || true
setpriv --reuid 65534 --regid 65534 --clear-groups nft flush ruleset 2>/dev/null || true
unshare -Urn nft add table inet x 2>/dev/null || true
nft add rule inet host input tcp dport 8080 accept
