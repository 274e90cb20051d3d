#!/bin/sh
# An accept for everything is inserted before all rules: their number rises.
# row: evasion 9
# firewall: host.nft
# expect: WW006 by nft
nft insert rule inet host input accept
