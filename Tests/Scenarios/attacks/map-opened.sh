#!/bin/sh
# A map of the kernel half is opened for writing.
# row: evasion 20
# needs: vm
# tiers: tampering full kprobe
# firewall: host.nft
# expect: WW011 by python3.11
/usr/bin/python3 -B "$LIVE/lay_hands.py" open-map duty
