#!/bin/sh
# Puppet replaces half of the rules by others, one by one, within a run: as many block afterwards.
# row: Puppet firewall
# firewall: iptables.rules
# config: files
# expect: no alert
. "$LAB/lib.sh"
mkdir -p /opt/puppetlabs/bin && cp "$DEEDS/own_writer" /opt/puppetlabs/bin/ruby
in_unit puppet.service /opt/puppetlabs/bin/ruby "iptables -D guard -p tcp --dport 23 -j DROP" "iptables -D guard -p tcp --dport 445 -j REJECT" "iptables -D guard -s 192.0.2.0/24 -j DROP" "sleep 0.5" \
    "iptables -A guard -p tcp -m multiport --dports 23,445 -j DROP" "iptables -A guard -s 192.0.2.0/23 -j DROP" "iptables -A guard -p udp --dport 161 -j DROP"
