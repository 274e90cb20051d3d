#!/bin/sh
# Files of the firewall are edited without making anything weaker: comments, a rule more, a date.
# row: administrator
# config: files
# expect: no alert
echo '# reviewed' >> /etc/nftables.conf
sed -i 's/^COMMIT/-A guard -p tcp --dport 25 -j DROP\nCOMMIT/' /etc/iptables/rules.v4
touch /etc/ufw/ufw.conf
echo '# nothing' > /etc/modprobe.d/z.conf
