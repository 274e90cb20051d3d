#!/bin/sh
# An administrator adds a rule that allows and one that blocks, and deletes them again.
# row: administrator
# firewall: host.nft
# expect: no alert
. "$LAB/lib.sh"
nft add rule inet host input tcp dport 8080 accept
nft add rule inet host guard tcp dport 8081 drop
nft delete rule inet host input handle "$(handle inet host input 8080)"
nft delete rule inet host guard handle "$(handle inet host guard 8081)"
