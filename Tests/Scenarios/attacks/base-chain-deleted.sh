#!/bin/sh
# The base chain that dropped by policy is emptied and deleted.
# row: evasion 8
# firewall: host.nft
# expect: WW003 by nft
nft 'flush chain inet host forward; delete chain inet host forward'
