#!/bin/sh
# dockerd is restarted: it deletes, flushes and makes anew its chains, rule by rule.
# row: dockerd start / restart
# settle: 12
# firewall: docker.rules
# config: overlay
# expect: no alert
. "$LAB/lib.sh"
cp "$DEEDS/own_writer" /usr/sbin/dockerd
in_unit docker.service /usr/sbin/dockerd "iptables --wait -D FORWARD -j DOCKER-ISOLATION-STAGE-1" "iptables --wait -D FORWARD -o docker0 -j DOCKER" \
    "iptables --wait -F DOCKER" "iptables --wait -F DOCKER-ISOLATION-STAGE-1" "iptables --wait -F DOCKER-ISOLATION-STAGE-2" \
    "iptables --wait -X DOCKER" "iptables --wait -X DOCKER-ISOLATION-STAGE-1" "iptables --wait -X DOCKER-ISOLATION-STAGE-2" "sleep 0.3" \
    "iptables --wait -N DOCKER" "iptables --wait -N DOCKER-ISOLATION-STAGE-1" "iptables --wait -N DOCKER-ISOLATION-STAGE-2" \
    "iptables --wait -A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2" "iptables --wait -A DOCKER-ISOLATION-STAGE-1 -j RETURN" \
    "iptables --wait -A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP" "iptables --wait -A DOCKER-ISOLATION-STAGE-2 -j RETURN" \
    "iptables --wait -I FORWARD -o docker0 -j DOCKER" "iptables --wait -I FORWARD -j DOCKER-ISOLATION-STAGE-1"
