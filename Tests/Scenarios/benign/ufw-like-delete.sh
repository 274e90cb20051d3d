#!/bin/sh
# ufw's way to delete a rule: scratch chains are made and removed, its user chain is rewritten by iptables-restore.
# row: ufw allow/delete
# firewall: ufw.rules
# expect: no alert
cat > /opt/ufw.py <<'PY'
import subprocess
def run(words, **more): subprocess.run(words.split(), check=True, **more)
for n in range(3):
    run("iptables -N ufw-caps-test1234"); run("iptables -A ufw-caps-test1234 -m conntrack --ctstate NEW -m recent --set"); run("iptables -F ufw-caps-test1234"); run("iptables -X ufw-caps-test1234")
    rules = "*filter\n:ufw-user-input - [0:0]\n-F ufw-user-input\n-A ufw-user-input -p tcp --dport 22 -j ACCEPT\n"
    rules += "-A ufw-user-input -p tcp --dport 80 -j ACCEPT\n" if n != 1 else ""
    run("iptables-restore -n", input=(rules + "-A ufw-user-input -s 192.0.2.0/24 -j DROP\nCOMMIT\n").encode())
PY
/usr/bin/python3 -B /opt/ufw.py
