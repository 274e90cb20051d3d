#!/bin/sh
# The module of the legacy filter table is unloaded, with the rules in it.
# row: evasion 16
# needs: vm iptables-legacy rmmod
# tiers: module full kprobe
# firewall: iptables.legacy
# expect: WW009 by kmod or rmmod
. "$LAB/lib.sh"
wait_for rmmod iptable_filter
