#!/bin/sh
# fail2ban-server is kept from coming back, and killed.
# needs: systemd
# row: fail2ban stop
# firewall: fail2ban
# settle: 12
# expect: WW008 by python3.11
. "$LAB/lib.sh"
inside ln -s /dev/null /run/systemd/system/fail2ban.service
inside systemctl daemon-reload
inside python3 -c '
import os, signal, subprocess
os.kill(int(subprocess.check_output(["pgrep", "-f", "fail2ban-server"]).split()[0]), signal.SIGKILL)'
