#!/bin/sh
# At the same time: dockerd starts and stops containers, fail2ban bans, an administrator adds a rule, the list is rolled.
# row: docker network create+rm and container start/stop, fail2ban ban/unban, administrator
# settle: 12
# firewall: docker.rules
# config: overlay
# expect: no alert
. "$LAB/lib.sh"
cp "$DEEDS/own_writer" /usr/sbin/dockerd
cp "$DEEDS/own_writer" /usr/bin/fail2ban-server
set --
for n in 2 3 4 5 6; do
    for verb in -A -D; do set -- "$@" "iptables --wait -t filter $verb DOCKER -d 172.17.0.$n/32 ! -i docker0 -o docker0 -p tcp --dport 80 -j ACCEPT" "iptables --wait -t nat $verb DOCKER -p tcp --dport 80$n -j DNAT --to-destination 172.17.0.$n:80"; done
done
in_unit docker.service /usr/sbin/dockerd "$@" "touch $WORK/docker" "sleep 60" &
set -- 'sh -c iptables -w -N f2b-sshd; iptables -w -I INPUT -p tcp --dport 22 -j f2b-sshd'
for n in 1 2 3 4 5 6; do set -- "$@" "sh -c iptables -w -I f2b-sshd 1 -s 198.51.100.$n -j DROP" "sh -c iptables -w -D f2b-sshd -s 198.51.100.$n -j DROP"; done
in_unit fail2ban.service /usr/bin/fail2ban-server "$@" "touch $WORK/bans" "sleep 60" &
iptables -w -A INPUT -p tcp --dport 8080 -j ACCEPT
iptables -w -D INPUT -p tcp --dport 8080 -j ACCEPT
wait_for test -e "$WORK/docker" -a -e "$WORK/bans"
