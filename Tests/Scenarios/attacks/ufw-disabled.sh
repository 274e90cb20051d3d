#!/bin/sh
# ufw disable.
# needs: systemd
# row: ufw disable / systemctl stop ufw
# firewall: ufw
# settle: 12
# who: ufw disable
# expect: WW003 by xtables-nft-multi
. "$LAB/lib.sh"
inside ufw disable
