#!/bin/sh
# A web server has a shell run iptables.
# row: evasion 22
# firewall: iptables.rules
# expect: WW002 by xtables-nft-multi
# who: nginx
cp "$DEEDS/cronlike" /usr/local/sbin/nginx
nginx 'iptables -P INPUT ACCEPT; iptables -F; iptables -X'
