#!/bin/sh
# The blocked addresses are deleted one after the other.
# row: evasion 12, evasion 14
# firewall: host.nft
# expect: WW005 by nft
for address in 192.0.2.1 192.0.2.2 192.0.2.3; do nft delete element inet host bad "{ $address }"; done
