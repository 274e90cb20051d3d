#!/bin/sh
# dockerd starts and stops ten containers that publish a port: one iptables a rule.
# row: docker network create+rm and container start/stop
# firewall: docker.rules
# config: overlay
# expect: no alert
. "$LAB/lib.sh"
cp "$DEEDS/own_writer" /usr/sbin/dockerd
set --
for n in 2 3 4 5 6 7 8 9 10 11; do
    set -- "$@" "iptables --wait -t nat -A DOCKER -p tcp -d 0/0 --dport 80$n -j DNAT --to-destination 172.17.0.$n:80 ! -i docker0" \
        "iptables --wait -t filter -A DOCKER -d 172.17.0.$n/32 ! -i docker0 -o docker0 -p tcp --dport 80 -j ACCEPT" \
        "iptables --wait -t nat -A POSTROUTING -p tcp -s 172.17.0.$n -d 172.17.0.$n --dport 80 -j MASQUERADE" \
        "iptables --wait -t nat -D DOCKER -p tcp -d 0/0 --dport 80$n -j DNAT --to-destination 172.17.0.$n:80 ! -i docker0" \
        "iptables --wait -t filter -D DOCKER -d 172.17.0.$n/32 ! -i docker0 -o docker0 -p tcp --dport 80 -j ACCEPT" \
        "iptables --wait -t nat -D POSTROUTING -p tcp -s 172.17.0.$n -d 172.17.0.$n --dport 80 -j MASQUERADE"
done
in_unit docker.service /usr/sbin/dockerd "$@"
