#!/bin/sh
# An administrator replaces one blocking rule by a wider one, and deletes an obsolete one.
# row: administrator
# firewall: blocklist.nft
# expect: no alert
. "$LAB/lib.sh"
nft replace rule inet host input handle "$(handle inet host input 'dport 111')" tcp dport '{ 111, 135, 139 }' drop
nft delete rule inet host input handle "$(handle inet host input 'dport 2049')"
