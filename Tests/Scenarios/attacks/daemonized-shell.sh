#!/bin/sh
# A shell in a session of its own, re-parented to init, waits a moment and has nft flush.
# row: evasion 23
# firewall: host.nft
# expect: WW002 by nft
setsid sh -c '(sleep 0.3; nft flush ruleset; echo > "$WORK/done") >/dev/null 2>&1 &'
until [ -e "$WORK/done" ]; do sleep 0.05; done
