#!/bin/sh
# The socket is opened here; it sends from another network namespace.
# row: evasion 15
# firewall: host.nft
# expect: WW002 by python3.11
/usr/bin/python3 -B "$LIVE/passed.py" enter "$OTHER" host
