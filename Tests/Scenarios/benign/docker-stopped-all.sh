#!/bin/sh
# All twenty containers are stopped and removed at once: dockerd deletes their rules, of which none blocks.
# row: docker network create+rm and container start/stop
# firewall: docker.rules
# config: overlay
# expect: no alert
. "$LAB/lib.sh"
cp "$DEEDS/own_writer" /usr/sbin/dockerd
set --
for verb in -A -D; do
    n=2
    while [ $n -lt 22 ]; do
        set -- "$@" "iptables --wait -t nat $verb DOCKER -p tcp --dport 80$n -j DNAT --to-destination 172.17.0.$n:80" \
            "iptables --wait -t filter $verb DOCKER -d 172.17.0.$n/32 -o docker0 -p tcp --dport 80 -j ACCEPT" \
            "iptables --wait -t nat $verb POSTROUTING -p tcp -s 172.17.0.$n -d 172.17.0.$n --dport 80 -j MASQUERADE"
        n=$((n + 1))
    done
    [ $verb = -D ] || set -- "$@" "sleep $SETTLE"
done
in_unit docker.service /usr/sbin/dockerd "$@"
