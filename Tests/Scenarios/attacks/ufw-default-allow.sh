#!/bin/sh
# ufw default allow incoming.
# needs: systemd
# row: ufw allow/delete, evasion 8
# firewall: ufw
# expect: WW003 by xtables-nft-multi
. "$LAB/lib.sh"
inside ufw default allow incoming
