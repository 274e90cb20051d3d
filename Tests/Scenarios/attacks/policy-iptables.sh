#!/bin/sh
# iptables -P INPUT ACCEPT, and nothing else.
# row: evasion 8
# firewall: iptables.rules
# expect: WW003 by xtables-nft-multi
iptables -P INPUT ACCEPT
