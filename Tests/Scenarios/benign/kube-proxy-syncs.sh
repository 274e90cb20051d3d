#!/bin/sh
# kube-proxy, in a container of the host's network, syncs its chains ten times: services without endpoints come and go.
# row: kube-proxy iptables
# firewall: kube.rules
# expect: no alert
. "$LAB/lib.sh"
sync() {
    {
        printf '*filter\n:KUBE-SERVICES - [0:0]\n:KUBE-FORWARD - [0:0]\n:KUBE-EXTERNAL-SERVICES - [0:0]\n'
        n=0
        while [ $n -lt "$1" ]; do echo "-A KUBE-SERVICES -d 10.96.0.$((n + 10))/32 -p tcp --dport 80 -j REJECT" && n=$((n + 1)); done
        printf -- '-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP\n-A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT\nCOMMIT\n'
    } > "$WORK/$1"
}
set --
for count in 3 5 8 2 0 4 9 1 3 0; do
    sync $count
    set -- "$@" "iptables-restore -w 5 -W 100000 --noflush --counters < $WORK/$count" "sleep 0.3"
done
mkdir -p "$WORK/bin"
cp "$DEEDS/own_writer" "$WORK/bin/kube-proxy"
in_container sh -c 'mount --bind "$0/bin" /usr/local/bin && exec /usr/local/bin/kube-proxy "$@"' "$WORK" "$@"
