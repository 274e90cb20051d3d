#!/bin/sh
# The set of blocked addresses is emptied; the rule stays.
# row: evasion 12
# firewall: blocklist.nft
# expect: WW005 by nft
nft flush set inet host bad
