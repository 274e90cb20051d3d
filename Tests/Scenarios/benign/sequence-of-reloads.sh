#!/bin/sh
# Five reloads of different kinds, one right after the other: nft, iptables-restore, --noflush, and both families.
# row: iptables-restore FILE, nftables.service start/reload
# firewall: iptables.rules
# config: files
# expect: no alert
. "$LAB/lib.sh"
ip6tables-restore < /etc/iptables/rules.v6
iptables-restore < /etc/iptables/rules.v4
printf '*filter\n:guard - [0:0]\n-A guard -s 192.0.2.0/24 -j DROP\n-A guard -p tcp --dport 23 -j DROP\n-A guard -p tcp --dport 445 -j REJECT\nCOMMIT\n' | iptables-restore --noflush
nft -f "$LAB/firewalls/vmap.nft"
iptables-restore < /etc/iptables/rules.v4
ip6tables-restore < /etc/iptables/rules.v6
