#!/bin/sh
# Docker's nftables backend changes its own tables with libnftables in its own process.
# row: Docker >= 29 nftables
# firewall: host.nft
# config: overlay
# expect: no alert
. "$LAB/lib.sh"
cp "$DEEDS/own_writer" /usr/bin/dockerd
in_unit docker.service /usr/bin/dockerd 'nft: add table ip docker-bridges; add chain ip docker-bridges forward { type filter hook forward priority 0; policy accept; }; add chain ip docker-bridges b1; add rule ip docker-bridges b1 tcp dport 80 accept; add rule ip docker-bridges b1 drop; add rule ip docker-bridges forward oifname "br-1" jump b1' \
    "sleep $SETTLE" 'nft: flush chain ip docker-bridges forward; flush chain ip docker-bridges b1; delete chain ip docker-bridges b1'
