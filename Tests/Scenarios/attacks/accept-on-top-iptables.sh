#!/bin/sh
# iptables -I INPUT -j ACCEPT.
# row: evasion 9
# firewall: iptables.rules
# expect: WW006 by xtables-nft-multi
iptables -I INPUT -j ACCEPT
