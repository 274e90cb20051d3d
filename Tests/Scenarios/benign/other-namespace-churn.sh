#!/bin/sh
# Container networks: namespaces come, get rules, and go, twenty times.
# row: container network namespaces
# firewall: host.nft
# expect: no alert
n=0
while [ $n -lt 20 ]; do
    unshare -n sh -c 'nft "add table ip c; add chain ip c in { type filter hook input priority 0; policy drop; }; add rule ip c in tcp dport 80 accept"'
    n=$((n + 1))
done
nft add rule inet host input tcp dport 8080 accept
