#!/bin/sh
# ufw's own script is called by its path.
# needs: systemd
# row: ufw disable / systemctl stop ufw
# firewall: ufw
# settle: 12
# expect: WW003 by xtables-nft-multi
. "$LAB/lib.sh"
inside /lib/ufw/ufw-init force-stop
