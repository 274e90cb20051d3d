#!/bin/sh
# All rules are flushed by nft, as root would do it.
# row: evasion 1
# firewall: host.nft
# expect: WW002 by nft
nft flush ruleset
