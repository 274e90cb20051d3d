#!/bin/sh
# fail2ban's nftables action: elements of a set of its own come and go; at last all bans are lifted.
# row: fail2ban ban/unban
# settle: 12
# firewall: host.nft
# config: overlay
# expect: no alert
. "$LAB/lib.sh"
cp "$DEEDS/own_writer" /usr/bin/fail2ban-server
set -- 'sh -c nft add table inet f2b-table; nft -- add chain inet f2b-table f2b-chain "{ type filter hook input priority -1; }"; nft add set inet f2b-table addr-set-sshd "{ type ipv4_addr; }"; nft add rule inet f2b-table f2b-chain tcp dport 22 ip saddr @addr-set-sshd reject'
for n in 1 2 3 4 5; do set -- "$@" "sh -c nft add element inet f2b-table addr-set-sshd \"{ 198.51.100.$n }\""; done
set -- "$@" "sleep $SETTLE"
for n in 1 2 3 4 5; do set -- "$@" "sh -c nft delete element inet f2b-table addr-set-sshd \"{ 198.51.100.$n }\""; done
in_unit fail2ban.service /usr/bin/fail2ban-server "$@" "touch $WORK/done" "sleep 60" &
wait_for test -e "$WORK/done"
