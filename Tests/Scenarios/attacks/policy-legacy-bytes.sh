#!/bin/sh
# Python opens the policy of the legacy table by bytes of its own: no iptables at all.
# row: evasion 8
# needs: netns iptables-legacy
# firewall: iptables.legacy
# expect: WW003 by python3.11
/usr/bin/python3 -B -c '
import os, sys
sys.path.insert(0, os.environ["LIVE"])
from legacy_replace import ACCEPT, FORWARD, INPUT, Table
table = Table()
table.policy(INPUT, ACCEPT)
table.policy(FORWARD, ACCEPT)
table.replace(table.request())'
