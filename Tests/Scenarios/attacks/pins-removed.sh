#!/bin/sh
# What the kernel half is pinned by is taken away.
# row: evasion 20
# firewall: host.nft
# expect: WW011 by rm or busybox or nobody
rm -r "$PINS/wallwatch"
