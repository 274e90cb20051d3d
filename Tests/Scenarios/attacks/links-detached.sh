#!/bin/sh
# Every link of a cgroup program is detached by bpf(2) itself.
# row: evasion 20
# needs: vm
# firewall: host.nft
# expect: WW011 by python3.11 or nobody
/usr/bin/python3 -B "$LIVE/lay_hands.py" detach-cgroup-links
