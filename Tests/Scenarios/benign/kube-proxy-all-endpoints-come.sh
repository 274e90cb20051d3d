#!/bin/sh
# Every service gets its endpoints at once: all REJECT rules of kube-proxy go for good.
# row: kube-proxy iptables
# firewall: kube.rules
# expect: no alert
. "$LAB/lib.sh"
printf '*filter\n:KUBE-SERVICES - [0:0]\n:KUBE-EXTERNAL-SERVICES - [0:0]\nCOMMIT\n' > "$WORK/sync"
mkdir -p "$WORK/bin"
cp "$DEEDS/own_writer" "$WORK/bin/kube-proxy"
in_container sh -c 'mount --bind "$0/bin" /usr/local/bin && exec /usr/local/bin/kube-proxy "iptables-restore -w 5 -W 100000 --noflush --counters < $0/sync"' "$WORK"
