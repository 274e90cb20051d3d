#!/bin/sh
# firewalld is killed by SIGKILL.
# needs: systemd
# row: firewalld, evasion 22
# firewall: firewalld
# settle: 12
# expect: WW008 by dash
. "$LAB/lib.sh"
pid=$(inside systemctl show -P MainPID firewalld)
inside sh -c "kill -9 $pid; :"
