#!/bin/sh
# The saved rules of iptables are removed.
# row: evasion 25
# config: files
# expect: WW010 by rm or busybox
rm /etc/iptables/rules.v4
