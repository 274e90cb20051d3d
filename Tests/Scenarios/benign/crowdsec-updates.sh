#!/bin/sh
# CrowdSec's bouncer updates its sets every moment, by libnftables in its own process; decisions expire, the set is empty in between.
# row: CrowdSec bouncer
# firewall: host.nft
# config: overlay
# expect: no alert
. "$LAB/lib.sh"
cp "$DEEDS/own_writer" /usr/bin/crowdsec-firewall-bouncer
set -- 'nft: add table ip crowdsec; add set ip crowdsec crowdsec-blacklists { type ipv4_addr; flags timeout; }; add chain ip crowdsec crowdsec-chain { type filter hook input priority -10; policy accept; }; add rule ip crowdsec crowdsec-chain ip saddr @crowdsec-blacklists drop'
for n in 1 2 3 4 5; do
    set -- "$@" "nft: add element ip crowdsec crowdsec-blacklists { 192.0.2.$n timeout 1h, 198.51.100.$n timeout 1h }" "sleep 0.5" "nft: delete element ip crowdsec crowdsec-blacklists { 192.0.2.$n, 198.51.100.$n }"
done
in_unit crowdsec-firewall-bouncer.service /usr/bin/crowdsec-firewall-bouncer "sleep 13" "$@" "touch $WORK/done" "sleep 60" &
wait_for test -e "$WORK/done"
