#!/bin/sh
# The bouncer's ipset mode: the set is swapped for a new one by ipset, decisions go.
# row: CrowdSec bouncer
# needs: netns ipset
# firewall: sets.ipset iptables.rules
# config: overlay
# expect: no alert
. "$LAB/lib.sh"
cp "$DEEDS/own_writer" /usr/bin/crowdsec-firewall-bouncer
in_unit crowdsec-firewall-bouncer.service /usr/bin/crowdsec-firewall-bouncer "sleep 13" "ipset create crowdsec-blacklists hash:ip timeout 300" "iptables -I INPUT 1 -m set --match-set crowdsec-blacklists src -j DROP" \
    "ipset add crowdsec-blacklists 192.0.2.7" "ipset add crowdsec-blacklists 192.0.2.8" "sleep $SETTLE" "ipset del crowdsec-blacklists 192.0.2.7" "ipset flush crowdsec-blacklists" "touch $WORK/done" "sleep 60" &
wait_for test -e "$WORK/done"
