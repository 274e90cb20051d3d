#!/bin/sh
# Python tells the kernel to flush an ipset, by netlink and without ipset.
# row: evasion 12, evasion 1
# needs: netns ipset
# firewall: sets.ipset sets.rules
# expect: WW005 by python3.11
/usr/bin/python3 -B "$LIVE/padded.py" ipset 0 blocked
