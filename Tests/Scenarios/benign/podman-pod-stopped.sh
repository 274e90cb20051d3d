#!/bin/sh
# A pod of twelve containers is stopped: netavark takes all their rules away at once.
# row: podman/netavark
# firewall: podman.rules
# expect: no alert
. "$LAB/lib.sh"
mount -t tmpfs -o mode=755 none /usr/libexec 2>/dev/null || { echo "/usr/libexec cannot be covered" && exit 77; }
mkdir -p /usr/libexec/podman && cp "$DEEDS/own_writer" /usr/libexec/podman/netavark
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
    /usr/libexec/podman/netavark "iptables -t nat -N NETAVARK-$n" "iptables -t nat -A NETAVARK-$n -d 10.88.0.0/16 -j ACCEPT" "iptables -t nat -A NETAVARK-$n ! -d 224.0.0.0/4 -j MASQUERADE" "iptables -t nat -A POSTROUTING -s 10.88.0.$n/32 -j NETAVARK-$n"
done
settled
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
    /usr/libexec/podman/netavark "iptables -t nat -D POSTROUTING -s 10.88.0.$n/32 -j NETAVARK-$n" "iptables -t nat -F NETAVARK-$n" "iptables -t nat -X NETAVARK-$n"
done
