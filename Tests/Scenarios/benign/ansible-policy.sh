#!/bin/sh
# A play that sets policies to DROP and adds rules that block.
# row: Ansible iptables module
# needs: netns sudo
# firewall: sets-less.rules
# expect: no alert
mkdir -p /root/.ansible
cat > /root/.ansible/AnsiballZ_iptables.py <<'PY'
import subprocess
for words in ("-A INPUT -p tcp --dport 22 -j ACCEPT", "-A INPUT -p tcp --dport 23 -j DROP", "-P INPUT DROP", "-P FORWARD DROP"):
    subprocess.run(["iptables", "-t", "filter", *words.split()], check=True)
PY
sh -c 'sudo -n /usr/bin/python3 /root/.ansible/AnsiballZ_iptables.py; :'
