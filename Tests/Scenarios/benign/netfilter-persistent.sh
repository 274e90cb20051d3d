#!/bin/sh
# netfilter-persistent: a shell, run-parts' way, loads both families by its plugins, tested first.
# row: netfilter-persistent start/reload
# settle: 12
# firewall: iptables.rules
# config: files
# expect: no alert
. "$LAB/lib.sh"
cat > /usr/local/sbin/netfilter-persistent <<'SH'
#!/bin/sh
iptables-restore --test < /etc/iptables/rules.v4 && iptables-restore < /etc/iptables/rules.v4
ip6tables-restore --test < /etc/iptables/rules.v6 && ip6tables-restore < /etc/iptables/rules.v6
SH
chmod 755 /usr/local/sbin/netfilter-persistent
ip6tables-restore < /etc/iptables/rules.v6
in_unit netfilter-persistent.service /usr/local/sbin/netfilter-persistent reload
in_unit netfilter-persistent.service /usr/local/sbin/netfilter-persistent reload
