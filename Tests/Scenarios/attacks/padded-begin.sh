#!/bin/sh
# The beginning of the batch itself is 60 kilobytes long.
# row: evasion 5
# firewall: host.nft
# expect: WW002 by python3.11
/usr/bin/python3 -B "$LIVE/padded.py" begin 60 host
