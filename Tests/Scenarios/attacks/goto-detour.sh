#!/bin/sh
# A `goto` on top leads around all rules, to a chain that accepts.
# row: evasion 13
# firewall: host.nft
# expect: WW006 by nft
nft 'add chain inet host side; add rule inet host side accept; insert rule inet host input goto side'
