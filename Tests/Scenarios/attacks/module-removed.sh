#!/bin/sh
# The module of the legacy filter table is unloaded, and with it the policies that dropped. (With rules in it it is in use.)
# row: evasion 16
# needs: vm iptables-legacy rmmod
# tiers: module full kprobe
# firewall: policies.legacy
# expect: WW009 by kmod or rmmod
. "$LAB/lib.sh"
wait_for rmmod iptable_filter
