#!/bin/sh
# A program in /tmp that calls itself kube-proxy flushes its own chains and the host's.
# row: evasion 24
# firewall: iptables.rules
# expect: WW002 by kube-proxy
cp /usr/sbin/nft "$WORK/kube-proxy"
"$WORK/kube-proxy" flush ruleset
