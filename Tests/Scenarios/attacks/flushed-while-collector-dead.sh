#!/bin/sh
# The collector is killed, then the rules are flushed; the kernel half went on recording.
# row: evasion 20, evasion 25
# firewall: host.nft
# config: restart
# expect: WW002 by nft
sh -c 'kill -9 "$COLLECTOR"; :'
nft flush ruleset
