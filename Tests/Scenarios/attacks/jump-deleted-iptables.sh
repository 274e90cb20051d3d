#!/bin/sh
# The same by iptables -D INPUT -j guard.
# row: evasion 13
# firewall: iptables.rules
# expect: WW001 by xtables-nft-multi
iptables -D INPUT -j guard
