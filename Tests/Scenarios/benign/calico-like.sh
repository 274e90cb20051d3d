#!/bin/sh
# A container network's agent, in a container, rewrites its own chains by iptables-restore --noflush.
# row: Calico/Cilium
# firewall: calico.rules
# expect: no alert
. "$LAB/lib.sh"
for count in 3 5 4; do
    { printf '*filter\n:cali-FORWARD - [0:0]\n:cali-wl - [0:0]\n'; n=0; while [ $n -lt $count ]; do echo "-A cali-wl -s 10.65.0.$n/32 -j DROP" && n=$((n + 1)); done; printf -- '-A cali-FORWARD -j cali-wl\nCOMMIT\n'; } > "$WORK/$count"
done
mkdir -p "$WORK/bin" && cp "$DEEDS/own_writer" "$WORK/bin/calico-node"
in_container sh -c 'mount --bind "$0/bin" /usr/local/bin && exec /usr/local/bin/calico-node "iptables-restore --noflush --wait 10 < $0/5" "sleep 0.4" "iptables-restore --noflush --wait 10 < $0/4" "sleep 0.4" "iptables-restore --noflush --wait 10 < $0/3"' "$WORK"
