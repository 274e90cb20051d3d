#!/bin/sh
# The firewall of another network namespace is flushed, through ip netns exec's way.
# row: evasion 15
# config: other
# expect: WW002 by nft
. "$LAB/lib.sh"
nsenter --net="$OTHER" nft -f "$LAB/firewalls/host.nft"
settled
nsenter --net="$OTHER" nft flush ruleset
