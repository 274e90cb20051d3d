#!/bin/sh
# sudo iptables: a rule is added, listed and deleted.
# row: administrator
# needs: netns sudo
# firewall: iptables.rules
# expect: no alert
sudo -n iptables -A INPUT -p tcp --dport 8443 -j ACCEPT
sudo -n iptables -L -n > /dev/null
sudo -n iptables -D INPUT -p tcp --dport 8443 -j ACCEPT
