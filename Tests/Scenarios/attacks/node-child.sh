#!/bin/sh
# A JavaScript server has a shell flush by iptables-nft, under its other name.
# row: evasion 1, evasion 22
# needs: netns node
# firewall: iptables.rules
# expect: WW002 by xtables-nft-multi
# who: node
node -e 'require("child_process").execSync("iptables-nft -P INPUT ACCEPT; iptables-nft -F")'
