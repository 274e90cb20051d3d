#!/bin/sh
# Tailscale makes its chains and jumps, and takes them away when it goes down.
# row: NetworkManager and Tailscale
# firewall: iptables.rules
# config: overlay
# expect: no alert
. "$LAB/lib.sh"
cp "$DEEDS/own_writer" /usr/sbin/tailscaled
in_unit tailscaled.service /usr/sbin/tailscaled "iptables -N ts-input" "iptables -N ts-forward" "iptables -I INPUT -j ts-input" "iptables -I FORWARD -j ts-forward" "iptables -A ts-input -s 100.64.0.0/10 ! -i tailscale0 -j DROP" "iptables -A ts-forward -o tailscale0 -s 100.64.0.0/10 -j DROP" "iptables -A ts-forward -i tailscale0 -j ACCEPT" \
    "sleep $SETTLE" "iptables -D INPUT -j ts-input" "iptables -D FORWARD -j ts-forward" "iptables -F ts-input" "iptables -F ts-forward" "iptables -X ts-input" "iptables -X ts-forward"
