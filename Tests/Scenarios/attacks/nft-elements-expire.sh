#!/bin/sh
# The blocked addresses are put in anew with a timeout of half a second: the kernel itself takes them out.
# row: evasion 12
# firewall: timeout.nft
# expect: WW005 by nft
. "$LAB/lib.sh"
nft 'flush set inet host bad; add element inet host bad { 192.0.2.1 timeout 500ms, 192.0.2.2 timeout 500ms }'
