#!/bin/sh
# The collector is killed, and started again: who killed it.
# row: evasion 20
# firewall: host.nft
# config: restart
# expect: WW011 by dash or sh
sh -c 'kill -9 "$COLLECTOR"; :'
