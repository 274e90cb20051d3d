#!/bin/sh
# ufw has a rule put first that lets everybody in.
# needs: systemd
# row: ufw allow/delete, evasion 9
# firewall: ufw
# expect: WW006 by xtables-nft-multi
. "$LAB/lib.sh"
inside ufw insert 1 allow from any
