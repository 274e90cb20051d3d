#!/bin/sh
# systemctl stop ufw.
# needs: systemd
# row: ufw disable / systemctl stop ufw
# firewall: ufw
# settle: 12
# expect: WW003 by xtables-nft-multi
. "$LAB/lib.sh"
inside systemctl stop ufw
