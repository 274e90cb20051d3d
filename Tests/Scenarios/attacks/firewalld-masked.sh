#!/bin/sh
# systemctl mask --now firewalld.
# needs: systemd
# row: systemctl restart / stop firewalld, evasion 22
# firewall: firewalld
# settle: 12
# expect: WW008 by systemctl
. "$LAB/lib.sh"
inside systemctl mask --now firewalld
