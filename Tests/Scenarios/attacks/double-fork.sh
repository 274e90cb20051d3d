#!/bin/sh
# A process that forked twice, whose parents have ended, empties the table.
# row: evasion 23
# firewall: host.nft
# expect: WW002 by doublefork
"$DEEDS/doublefork" host
