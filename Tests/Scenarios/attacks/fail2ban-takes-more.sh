#!/bin/sh
# In fail2ban's unit and under its name, the host's own rules are deleted.
# row: evasion 24, fail2ban ban/unban
# config: overlay
# firewall: iptables.rules
# expect: WW002 by xtables-nft-multi
. "$LAB/lib.sh"
cp "$DEEDS/own_writer" /usr/bin/fail2ban-server
in_unit fail2ban.service /usr/bin/fail2ban-server "sleep 13" 'sh -c iptables -F INPUT; iptables -F guard; iptables -P INPUT ACCEPT' "touch $WORK/done" "sleep 60" &
wait_for test -e "$WORK/done"
