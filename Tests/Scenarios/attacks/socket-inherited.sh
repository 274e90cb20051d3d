#!/bin/sh
# A program finds the socket open as descriptor 3.
# row: evasion 15
# firewall: host.nft
# expect: WW002 by ways
/usr/bin/python3 -B "$LIVE/passed.py" exec "$DEEDS/ways" host
