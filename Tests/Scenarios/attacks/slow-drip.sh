#!/bin/sh
# One rule after the other is deleted, each time after the last has settled.
# row: evasion 14
# firewall: blocklist.nft
# expect: WW007 by nft
. "$LAB/lib.sh"
for text in 'dport 23 ' 'dport 111' 'dport 445'; do
    nft delete rule inet host input handle "$(handle inet host input "$text")"
    settled
done
