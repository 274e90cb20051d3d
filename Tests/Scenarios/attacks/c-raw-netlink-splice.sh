#!/bin/sh
# The bytes reach the socket through a pipe, by splice(2).
# row: evasion 1
# firewall: host.nft
# expect: WW002 by ways
"$DEEDS/ways" splice host
