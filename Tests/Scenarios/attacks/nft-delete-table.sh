#!/bin/sh
# The one table there is is deleted.
# row: evasion 1
# firewall: host.nft
# expect: WW002 by nft
nft delete table inet host
