#!/bin/sh
# The rule that blocks by set is deleted, and the set destroyed.
# row: evasion 12, evasion 13
# needs: netns ipset
# firewall: sets.ipset many-sets.rules
# expect: WW001 by xtables-nft-multi
iptables -D INPUT -m set --match-set blocked src -j DROP
iptables -D INPUT -m set --match-set blocked src -p tcp -j DROP
iptables -D INPUT -m set --match-set blocked src -p udp -j DROP
ipset destroy blocked
