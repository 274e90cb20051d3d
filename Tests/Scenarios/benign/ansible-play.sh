#!/bin/sh
# An Ansible play: sudo, Python from a temporary folder, iptables -C and then -A, -I or -D, ten tasks.
# row: Ansible iptables module
# needs: netns sudo
# firewall: iptables.rules
# expect: no alert
mkdir -p "$WORK/.ansible/tmp/ansible-tmp-1"
cat > "$WORK/.ansible/tmp/ansible-tmp-1/AnsiballZ_iptables.py" <<'PY'
import subprocess
import sys
def module(*rule):
    if subprocess.run(["/usr/sbin/iptables", "-t", "filter", "-C", *rule], stderr=subprocess.DEVNULL).returncode:
        subprocess.run(["/usr/sbin/iptables", "-t", "filter", "-A", *rule], check=True)
port = sys.argv[1]
module("INPUT", "-p", "tcp", "-j", "ACCEPT", "--destination-port", port)
if port == "8005":
    subprocess.run(["/usr/sbin/iptables", "-t", "filter", "-D", "INPUT", "-p", "tcp", "-j", "ACCEPT", "--destination-port", "8003"], check=True)
PY
for n in 0 1 2 3 4 5 6 7; do
    sh -c "sudo -H -S -n -u root /bin/sh -c 'echo BECOME-SUCCESS; /usr/bin/python3 $WORK/.ansible/tmp/ansible-tmp-1/AnsiballZ_iptables.py 800$n'"
done
