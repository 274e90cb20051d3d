#!/bin/sh
# The same by busybox, from a shell in a session of its own.
# row: evasion 16
# needs: vm iptables-legacy busybox
# tiers: module full kprobe
# firewall: policies.legacy
# expect: WW009 by busybox
. "$LAB/lib.sh"
wait_for setsid sh -c 'busybox rmmod iptable_filter; test ! -d /sys/module/iptable_filter'
