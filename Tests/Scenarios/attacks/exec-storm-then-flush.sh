#!/bin/sh
# A storm of short-lived processes surrounds the change.
# row: evasion 19
# firewall: host.nft
# expect: WW002 by nft
sh -c 'n=0; while [ $n -lt 800 ]; do /bin/true; n=$((n + 1)); done' &
sh -c 'n=0; while [ $n -lt 100 ]; do /bin/true; n=$((n + 1)); done'
nft flush ruleset
wait
