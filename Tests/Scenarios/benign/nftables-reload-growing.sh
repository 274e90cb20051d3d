#!/bin/sh
# nftables.service is reloaded three times, with a file that grows and shrinks by a rule or two.
# row: nftables.service start/reload
# firewall: host.nft
# config: files
# expect: no alert
. "$LAB/lib.sh"
for extra in 'tcp dport 8080 accept' 'tcp dport 8081 drop' ''; do
    { echo "flush ruleset"; sed "s/tcp dport 443 accept/&; $extra/" "$LAB/firewalls/host.nft"; } > /etc/nftables.conf
    in_unit nftables.service nft -f /etc/nftables.conf
done
