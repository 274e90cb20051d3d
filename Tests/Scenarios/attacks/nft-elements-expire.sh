#!/bin/sh
# The blocked addresses are put in anew with a timeout of half a second: the kernel itself takes them out.
# row: evasion 12
# firewall: timeout.nft
# known: the kernel takes expired elements out without a word; the change that gave them a timeout is told, the emptied set is found by the audit (`state.audit_interval`)
# expect: WW005 by nft
. "$LAB/lib.sh"
nft 'flush set inet host bad; add element inet host bad { 192.0.2.1 timeout 500ms, 192.0.2.2 timeout 500ms }'
