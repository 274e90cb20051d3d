#!/bin/sh
# The map that decides by port is emptied: its rule stays.
# row: evasion 12, evasion 13
# firewall: vmap.nft
# expect: WW005 by nft
nft flush map inet host ports
