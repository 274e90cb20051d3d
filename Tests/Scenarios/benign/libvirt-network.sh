#!/bin/sh
# libvirtd starts and stops a network: its own chains and the jumps to them.
# row: libvirt
# firewall: iptables.rules
# config: overlay
# expect: no alert
. "$LAB/lib.sh"
cp "$DEEDS/own_writer" /usr/sbin/libvirtd
set --
for c in INP OUT FWO FWI FWX; do set -- "$@" "iptables -w --table filter --new-chain LIBVIRT_$c"; done
set -- "$@" "iptables -w -t filter -I INPUT -j LIBVIRT_INP" "iptables -w -t filter -I FORWARD -j LIBVIRT_FWX" "iptables -w -t filter -I FORWARD -j LIBVIRT_FWI" "iptables -w -t filter -I FORWARD -j LIBVIRT_FWO"
rules="LIBVIRT_INP:-i virbr0 -p udp --dport 53 -j ACCEPT|LIBVIRT_FWO:-i virbr0 -j REJECT|LIBVIRT_FWI:-o virbr0 -j REJECT|LIBVIRT_FWX:-i virbr0 -o virbr0 -j ACCEPT"
for verb in --insert --delete; do
    old=$IFS; IFS='|'
    for rule in $rules; do set -- "$@" "iptables -w --table filter $verb ${rule%%:*} ${rule#*:}"; done
    IFS=$old
    set -- "$@" "sleep $SETTLE"
done
in_unit libvirtd.service /usr/sbin/libvirtd "$@"
