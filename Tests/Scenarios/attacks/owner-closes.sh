#!/bin/sh
# The process that owns the firewall's table ends by itself.
# row: evasion 11
# expect: WW002 by nft
. "$LAB/lib.sh"
mkfifo "$WORK/stdin"
nft -i < "$WORK/stdin" > /dev/null 2>&1 &
exec 3> "$WORK/stdin"
cat >&3 <<'NFT'
add table inet guarded { flags owner; }
add chain inet guarded input { type filter hook input priority 0; policy drop; }
add rule inet guarded input ct state established accept
add rule inet guarded input tcp dport 22 accept
add rule inet guarded input tcp dport 23 drop
add rule inet guarded input tcp dport 25 drop
add rule inet guarded input tcp dport 445 drop
NFT
wait_for sh -c 'nft list ruleset | grep -q 445'
settled
echo quit >&3
wait $!
exec 3>&-
