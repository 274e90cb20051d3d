#!/bin/sh
# Two accepts, each for one half of all addresses, are put on top.
# row: evasion 9
# firewall: iptables.rules
# known: effective rules are found by one rule at a time: two accepts, each for one half of all addresses, are not seen as one for all. The change itself is told, with its author
# expect: WW006 by xtables-nft-multi
iptables -I INPUT -s 0.0.0.0/1 -j ACCEPT
iptables -I INPUT -s 128.0.0.0/1 -j ACCEPT
