#!/bin/sh
# dockerd makes four networks with isolation between them, and removes them with all their rules.
# row: docker network create+rm and container start/stop
# firewall: docker.rules
# config: overlay
# expect: no alert
. "$LAB/lib.sh"
cp "$DEEDS/own_writer" /usr/sbin/dockerd
set --
for verb in -I -D; do
    for n in 1 2 3 4; do
        set -- "$@" "iptables --wait -t filter $verb DOCKER-ISOLATION-STAGE-1 -i br-$n ! -o br-$n -j DOCKER-ISOLATION-STAGE-2" \
            "iptables --wait -t filter $verb DOCKER-ISOLATION-STAGE-2 -o br-$n -j DROP" \
            "iptables --wait -t filter $verb FORWARD -i br-$n ! -o br-$n -j ACCEPT" \
            "iptables --wait -t nat $verb POSTROUTING -s 172.2$n.0.0/16 ! -o br-$n -j MASQUERADE"
    done
    [ $verb = -D ] || set -- "$@" "sleep $SETTLE"
done
in_unit docker.service /usr/sbin/dockerd "$@"
