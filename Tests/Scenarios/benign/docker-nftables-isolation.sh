#!/bin/sh
# Two bridge networks of Docker's nftables backend are removed, with the drops that kept them apart.
# row: Docker >= 29 nftables
# firewall: host.nft
# config: overlay
# expect: no alert
. "$LAB/lib.sh"
cp "$DEEDS/own_writer" /usr/bin/dockerd
in_unit docker.service /usr/bin/dockerd 'nft: add table ip docker-bridges; add chain ip docker-bridges forward { type filter hook forward priority 0; policy accept; }; add chain ip docker-bridges b1; add chain ip docker-bridges b2; add rule ip docker-bridges b1 tcp dport 80 accept; add rule ip docker-bridges b1 drop; add rule ip docker-bridges b2 drop; add rule ip docker-bridges forward oifname "br-1" jump b1; add rule ip docker-bridges forward oifname "br-2" jump b2' \
    "sleep $SETTLE" 'nft: flush table ip docker-bridges' "sleep 0.2" 'nft: delete table ip docker-bridges'
