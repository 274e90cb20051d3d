#!/bin/sh
# Four thousand harmless messages stand before the one that empties the table.
# row: evasion 5
# firewall: host.nft
# expect: WW002 by python3.11
/usr/bin/python3 -B "$LIVE/padded.py" before 4000 host
