#!/bin/sh
# Python writes the netlink message itself: no firewall tool is started.
# row: evasion 1
# firewall: host.nft
# expect: WW002 by python3.11
/usr/bin/python3 -B "$LIVE/raw_netlink.py" flush-ruleset
