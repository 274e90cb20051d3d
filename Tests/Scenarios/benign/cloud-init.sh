#!/bin/sh
# cloud-init's runcmd: a Python program has a script set up the firewall on first boot.
# row: cloud-init
# expect: no alert
. "$LAB/lib.sh"
mkdir -p /opt/cloud
cat > /opt/cloud/runcmd <<'SH'
#!/bin/sh
iptables -A INPUT -i lo -j ACCEPT
iptables -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
iptables -A INPUT -p tcp --dport 22 -j ACCEPT
iptables -P INPUT DROP
nft add table inet extra
SH
cat > /opt/cloud/cloud-init <<'PY'
import subprocess
subprocess.run(["/bin/sh", "/opt/cloud/runcmd"], check=True)
PY
in_unit cloud-final.service /usr/bin/python3 /opt/cloud/cloud-init modules --mode=final
