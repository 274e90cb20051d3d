#!/bin/sh
# systemctl stop firewalld: its rules go with it.
# needs: systemd
# row: systemctl restart / stop firewalld, evasion 22
# firewall: firewalld
# settle: 12
# expect: WW002 by systemctl
. "$LAB/lib.sh"
inside systemctl stop firewalld
