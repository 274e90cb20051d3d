#!/bin/sh
# The collector is stopped by SIGSTOP, the rules are flushed, and it goes on.
# row: evasion 20
# firewall: host.nft
# expect: WW002 by nft
kill -STOP "$COLLECTOR"
nft flush ruleset
sleep 0.5
kill -CONT "$COLLECTOR"
