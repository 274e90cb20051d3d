#!/bin/sh
# nftables.service is reloaded, and so loses what fail2ban made, which makes it anew; bans go on meanwhile.
# row: nftables.service start/reload, fail2ban ban/unban
# settle: 12
# firewall: host.nft
# config: overlay files
# expect: no alert
. "$LAB/lib.sh"
cp "$DEEDS/own_writer" /usr/bin/fail2ban-server
nft 'add table inet f2b-table; add chain inet f2b-table f2b-chain { type filter hook input priority -1; }; add set inet f2b-table addr-set-sshd { type ipv4_addr; }; add rule inet f2b-table f2b-chain tcp dport 22 ip saddr @addr-set-sshd reject; add element inet f2b-table addr-set-sshd { 198.51.100.1 }'
settled
in_unit nftables.service nft -f /etc/nftables.conf
in_unit fail2ban.service /usr/bin/fail2ban-server 'sh -c nft add table inet f2b-table; nft -- add chain inet f2b-table f2b-chain "{ type filter hook input priority -1; }"; nft add set inet f2b-table addr-set-sshd "{ type ipv4_addr; }"; nft add rule inet f2b-table f2b-chain tcp dport 22 ip saddr @addr-set-sshd reject; nft add element inet f2b-table addr-set-sshd "{ 198.51.100.1 }"' "touch $WORK/done" "sleep 60" &
wait_for test -e "$WORK/done"
