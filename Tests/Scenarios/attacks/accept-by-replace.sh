#!/bin/sh
# A rule that drops is replaced by one that accepts: none is deleted.
# row: evasion 9
# firewall: blocklist.nft
# expect: WW006 by nft
. "$LAB/lib.sh"
for text in 'ip saddr' 'dport 23 ' 'dport 111' 'dport 445' 'dport 2049' 'dport 3306'; do
    nft replace rule inet host input handle "$(handle inet host input "$text")" tcp dport 1-65535 accept
done
