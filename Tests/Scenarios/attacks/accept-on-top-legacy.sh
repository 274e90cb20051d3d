#!/bin/sh
# iptables-legacy -I INPUT 1 -j ACCEPT.
# row: evasion 9
# needs: netns iptables-legacy
# firewall: iptables.legacy
# expect: WW006 by xtables-legacy-multi
iptables-legacy -I INPUT 1 -j ACCEPT
