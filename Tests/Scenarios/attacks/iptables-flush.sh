#!/bin/sh
# The classic: policies to ACCEPT, and iptables -F.
# row: evasion 1, evasion 8
# firewall: iptables.rules
# expect: WW002 by xtables-nft-multi
iptables -P INPUT ACCEPT
iptables -P FORWARD ACCEPT
iptables -F
