#!/bin/sh
# It calls itself sshd, in name and arguments, before it acts.
# row: evasion 3, evasion 23
# firewall: host.nft
# expect: WW002 by rewriter
"$DEEDS/rewriter" host aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
