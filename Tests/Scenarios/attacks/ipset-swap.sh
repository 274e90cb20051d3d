#!/bin/sh
# The set of blocked addresses is swapped with an empty one.
# row: evasion 12
# needs: netns ipset
# firewall: sets.ipset sets.rules
# expect: WW005 by ipset
ipset swap blocked empty
