#!/bin/sh
# The same by modprobe -r, from a shell in the background.
# row: evasion 16
# needs: vm iptables-legacy modprobe
# tiers: module full kprobe
# firewall: policies.legacy
# expect: WW009 by kmod or modprobe
. "$LAB/lib.sh"
wait_for setsid sh -c 'modprobe -r iptable_filter'
