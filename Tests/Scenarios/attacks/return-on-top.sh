#!/bin/sh
# A `return` becomes the first rule of the chain that blocks.
# row: evasion 13
# firewall: host.nft
# expect: WW006 by nft
nft insert rule inet host guard return
