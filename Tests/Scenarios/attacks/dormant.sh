#!/bin/sh
# The table is set dormant: all rules stay, and none is asked.
# row: evasion 10
# firewall: host.nft
# expect: WW004 by nft
nft add table inet host '{ flags dormant; }'
