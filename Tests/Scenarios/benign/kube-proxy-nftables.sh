#!/bin/sh
# kube-proxy's nftables mode: elements of its own maps and sets come and go in its own table.
# row: kube-proxy nftables
# firewall: host.nft
# expect: no alert
. "$LAB/lib.sh"
cat > "$WORK/table" <<'NFT'
table ip kube-proxy {
    map no-endpoint-services { type ipv4_addr . inet_proto . inet_service : verdict; }
    set cluster-ips { type ipv4_addr; }
    chain reject-chain { reject; }
    chain service-endpoints-check { ip daddr . meta l4proto . th dport vmap @no-endpoint-services; }
    chain filter-input { type filter hook input priority -110; ct state new jump service-endpoints-check; }
    chain filter-forward { type filter hook forward priority -110; ct state new jump service-endpoints-check; }
}
NFT
set -- "nft -f - < $WORK/table"
for n in 1 2 3 4 5; do
    echo "add element ip kube-proxy no-endpoint-services { 10.96.0.$n . tcp . 80 : goto reject-chain }
add element ip kube-proxy cluster-ips { 10.96.0.$n }" > "$WORK/add$n"
    echo "delete element ip kube-proxy no-endpoint-services { 10.96.0.$n . tcp . 80 }" > "$WORK/delete$n"
    set -- "$@" "nft -f - < $WORK/add$n"
done
set -- "$@" "sleep $SETTLE"
for n in 1 2 3 4 5; do set -- "$@" "nft --check -f - < $WORK/delete$n" "nft -f - < $WORK/delete$n"; done
mkdir -p "$WORK/bin"
cp "$DEEDS/own_writer" "$WORK/bin/kube-proxy"
in_container sh -c 'mount --bind "$0/bin" /usr/local/bin && exec /usr/local/bin/kube-proxy "$@"' "$WORK" "$@"
