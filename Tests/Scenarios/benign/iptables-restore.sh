#!/bin/sh
# iptables-restore loads the saved rules anew, one transaction a table.
# row: iptables-restore FILE
# firewall: iptables.rules
# config: files
# expect: no alert
iptables-restore < /etc/iptables/rules.v4
iptables-restore /etc/iptables/rules.v4
