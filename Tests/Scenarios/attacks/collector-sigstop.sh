#!/bin/sh
# SIGSTOP itself, as hands laid on the collector.
# row: evasion 20
# firewall: host.nft
# expect: WW011 by dash
# who: kill -STOP
sh -c 'kill -STOP "$COLLECTOR"; sleep 0.3; kill -CONT "$COLLECTOR"; :'
