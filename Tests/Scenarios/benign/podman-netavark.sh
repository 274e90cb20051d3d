#!/bin/sh
# netavark sets up three containers with iptables, and tears them down one by one.
# row: podman/netavark
# firewall: podman.rules
# expect: no alert
. "$LAB/lib.sh"
mount -t tmpfs -o mode=755 none /usr/libexec 2>/dev/null || { echo "/usr/libexec cannot be covered" && exit 77; }
mkdir -p /usr/libexec/podman && cp "$DEEDS/own_writer" /usr/libexec/podman/netavark
setup() { /usr/libexec/podman/netavark "iptables -t nat -N NETAVARK-$1" "iptables -t nat -A NETAVARK-$1 -d 10.88.0.0/16 -j ACCEPT" "iptables -t nat -A NETAVARK-$1 ! -d 224.0.0.0/4 -j MASQUERADE" "iptables -t nat -A POSTROUTING -s 10.88.0.$1/32 -j NETAVARK-$1" "iptables -t nat -A NETAVARK-HOSTPORT-DNAT -p tcp --dport 808$1 -j DNAT --to-destination 10.88.0.$1:80"; }
teardown() { /usr/libexec/podman/netavark "iptables -t nat -D POSTROUTING -s 10.88.0.$1/32 -j NETAVARK-$1" "iptables -t nat -F NETAVARK-$1" "iptables -t nat -X NETAVARK-$1" "iptables -t nat -D NETAVARK-HOSTPORT-DNAT -p tcp --dport 808$1 -j DNAT --to-destination 10.88.0.$1:80"; }
for n in 2 3 4; do setup $n; done
settled
for n in 2 3 4; do teardown $n && settled; done
