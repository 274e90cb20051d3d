#!/bin/sh
# A process of another network namespace enters this one by /proc, and flushes.
# row: evasion 15
# firewall: host.nft
# expect: WW002 by nft
nsenter --net="$OTHER" nsenter --net="/proc/$COLLECTOR/ns/net" nft flush ruleset
