#!/bin/sh
# A program in C without any library sends the message.
# row: evasion 1
# firewall: host.nft
# expect: WW002 by ways
"$DEEDS/ways" sendmsg host
