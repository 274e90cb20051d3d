#!/bin/sh
# fail2ban bans and unbans by the minute: a shell below it runs iptables, in its own chain.
# row: fail2ban ban/unban
# settle: 12
# firewall: iptables.rules
# config: overlay
# expect: no alert
. "$LAB/lib.sh"
cp "$DEEDS/own_writer" /usr/bin/fail2ban-server
set -- 'sh -c iptables -w -N f2b-sshd; iptables -w -A f2b-sshd -j RETURN; iptables -w -I INPUT -p tcp -m multiport --dports 22 -j f2b-sshd'
for n in 1 2 3 4 5 6 7 8; do set -- "$@" "sh -c iptables -w -I f2b-sshd 1 -s 198.51.100.$n -j REJECT --reject-with icmp-port-unreachable"; done
set -- "$@" "sleep $SETTLE"
for n in 1 2 3 4 5 6 7 8; do set -- "$@" "sh -c iptables -w -D f2b-sshd -s 198.51.100.$n -j REJECT --reject-with icmp-port-unreachable"; done
in_unit fail2ban.service /usr/bin/fail2ban-server "$@" "touch $WORK/done" "sleep 60" &
wait_for test -e "$WORK/done"
