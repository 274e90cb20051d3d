#!/bin/sh
# A program with a table of its own adds it, changes it and deletes it again (NetworkManager's shared mode).
# row: NetworkManager and Tailscale
# firewall: host.nft
# config: overlay
# expect: no alert
. "$LAB/lib.sh"
cp "$DEEDS/own_writer" /usr/sbin/NetworkManager
in_unit NetworkManager.service /usr/sbin/NetworkManager 'nft: add table ip nm-shared-eth1; add chain ip nm-shared-eth1 nat_postrouting { type nat hook postrouting priority 100; policy accept; }; add rule ip nm-shared-eth1 nat_postrouting ip saddr 10.42.0.0/24 masquerade; add chain ip nm-shared-eth1 filter_forward { type filter hook forward priority 0; policy accept; }; add rule ip nm-shared-eth1 filter_forward ip daddr 10.42.0.0/24 ct state { established, related } accept' \
    "sleep $SETTLE" 'nft: delete table ip nm-shared-eth1'
