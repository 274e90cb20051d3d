#!/bin/sh
# An administrator edits nftables.conf, keeps a copy, checks it, and loads it.
# row: administrator, nftables.service start/reload
# firewall: host.nft
# config: files
# expect: no alert
cp /etc/nftables.conf /etc/nftables.conf.bak
sed -i 's/tcp dport 443 accept/tcp dport { 80, 443 } accept/' /etc/nftables.conf
nft -c -f /etc/nftables.conf
nft -f /etc/nftables.conf
rm /etc/nftables.conf.bak
