#!/bin/sh
# The same by iptables, one rule of a chain at a time.
# row: evasion 14
# firewall: drip.rules
# expect: WW007 by xtables-nft-multi
. "$LAB/lib.sh"
for port in 23 111 445 2049; do
    iptables -D INPUT -p tcp --dport $port -j DROP
    settled
done
