#!/bin/sh
# ipset flush: the kernel tells nobody.
# row: evasion 12
# needs: netns ipset
# firewall: sets.ipset sets.rules
# expect: WW005 by ipset
ipset flush blocked
