#!/bin/sh
# The same in two transactions: emptied, and filled again after half a second.
# row: rolling list update
# firewall: blocklist.nft
# expect: no alert
nft flush set inet host bad
sleep 0.5
nft add element inet host bad '{ 192.0.3.0/24, 198.51.101.0/24, 203.0.113.9 }'
