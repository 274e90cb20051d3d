#!/bin/sh
# ipset's way to roll a list: a new set is filled, swapped with the old one, and destroyed.
# row: rolling list update
# needs: netns ipset
# firewall: sets.ipset sets.rules
# expect: no alert
for n in 1 2 3; do
    { echo "create fresh hash:ip family inet"; for m in 1 2 3 4 5 6; do echo "add fresh 198.51.100.$((n * 10 + m))"; done; } | ipset restore
    ipset swap fresh blocked
    ipset destroy fresh
done
