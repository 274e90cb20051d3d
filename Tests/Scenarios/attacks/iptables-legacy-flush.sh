#!/bin/sh
# iptables-legacy, over setsockopt, flushes.
# row: evasion 1
# needs: netns iptables-legacy
# firewall: iptables.legacy
# expect: WW002 by xtables-legacy-multi
iptables-legacy -P INPUT ACCEPT
iptables-legacy -F
