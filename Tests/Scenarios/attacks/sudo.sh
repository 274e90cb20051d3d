#!/bin/sh
# An account with sudo has nft flush.
# row: evasion 22
# needs: netns sudo
# firewall: host.nft
# expect: WW002 by nft
# who: sudo
sudo nft flush ruleset
