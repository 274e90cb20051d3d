#!/bin/sh
# An administrator logs in by SSH, opens a port, blocks an address, tries a rule and takes it back.
# row: administrator
# needs: netns dropbear dbclient dropbearkey
# firewall: host.nft
# expect: no alert
. "$LAB/lib.sh"
ip link set lo up
dropbearkey -t ed25519 -f "$WORK/key" > "$WORK/public" 2>/dev/null
dropbearkey -t ed25519 -f "$WORK/host" >/dev/null 2>&1
mkdir -m 700 -p /root/.ssh && grep '^ssh-' "$WORK/public" > /root/.ssh/authorized_keys && chmod 600 /root/.ssh/authorized_keys && chmod 700 /root
nft insert rule inet host input tcp dport 2222 accept
dropbear -F -E -r "$WORK/host" -p 127.0.0.1:2222 2>/dev/null &
server=$!
at() { dbclient -y -y -i "$WORK/key" -p 2222 root@127.0.0.1 "$1" < /dev/null 2>/dev/null; }
wait_for at true
at 'nft add rule inet host input tcp dport 8080 accept; nft add element inet host bad "{ 198.51.100.7 }"'
at 'nft add rule inet host guard tcp dport 9000 drop && nft delete rule inet host guard handle $(nft -a list chain inet host guard | sed -n "/9000/s/.*# handle //p")'
at 'nft delete element inet host bad "{ 198.51.100.7 }"'
kill $server
wait $server || true
