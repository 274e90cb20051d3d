#!/bin/sh
# iptables-apply's way: new rules are loaded, and the old ones brought back a moment later.
# row: administrator, iptables-restore FILE
# firewall: iptables.rules
# expect: no alert
iptables-save > "$WORK/saved"
iptables-restore < "$LAB/firewalls/sets-less.rules"
sleep 0.5
iptables-restore < "$WORK/saved"
