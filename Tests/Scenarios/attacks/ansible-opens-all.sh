#!/bin/sh
# Somebody has an Ansible module, the tool that is allowed, open everything.
# row: evasion 24
# needs: netns sudo
# firewall: iptables.rules
# expect: WW006 by xtables-nft-multi
# who: AnsiballZ_iptables.py
mkdir -p /opt/ansible
cat > /opt/ansible/AnsiballZ_iptables.py <<'PY'
import subprocess
subprocess.run(["iptables", "-t", "filter", "-I", "INPUT", "1", "-j", "ACCEPT"], check=True)
PY
sh -c 'sudo /usr/bin/python3 /opt/ansible/AnsiballZ_iptables.py; :'
