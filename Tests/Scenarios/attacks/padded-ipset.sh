#!/bin/sh
# An ipset is flushed behind a thousand messages that ipset passes over.
# row: evasion 5, evasion 12
# needs: netns ipset
# firewall: sets.ipset sets.rules
# expect: WW005 by python3.11
/usr/bin/python3 -B "$LIVE/padded.py" ipset 1000 blocked
