#!/bin/sh
# nft loads the whole ruleset anew in one transaction, as a reload of nftables.service does.
# row: nftables.service reload
# firewall: host.nft
# expect: no alert
. "$LAB/lib.sh"
{ echo "flush ruleset"; cat "$LAB/firewalls/host.nft"; } > /etc/nftables.conf
in_unit nftables.service nft -f /etc/nftables.conf
