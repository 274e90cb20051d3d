#!/bin/sh
# A Puppet agent (ruby, in its unit) changes rules and saves them; it purges two rules that it does not know.
# row: Puppet firewall
# firewall: iptables.rules
# config: files
# expect: no alert
. "$LAB/lib.sh"
mkdir -p /opt/puppetlabs/bin && cp "$DEEDS/own_writer" /opt/puppetlabs/bin/ruby
iptables -A INPUT -p tcp --dport 9001 -j ACCEPT -m comment --comment "by hand"
iptables -A INPUT -p tcp --dport 9002 -j ACCEPT -m comment --comment "by hand"
settled
in_unit puppet.service /opt/puppetlabs/bin/ruby 'sh -c iptables -t filter -D INPUT -p tcp --dport 9001 -j ACCEPT -m comment --comment "by hand"' 'sh -c iptables -t filter -D INPUT -p tcp --dport 9002 -j ACCEPT -m comment --comment "by hand"' "sh -c iptables-save > /etc/iptables/rules.v4"
