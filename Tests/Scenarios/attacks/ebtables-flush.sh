#!/bin/sh
# The rules of a bridge are flushed by ebtables.
# row: evasion 1
# needs: netns ebtables-nft
# firewall: bridge.sh
# expect: WW002 by xtables-nft-multi
ebtables-nft -F
