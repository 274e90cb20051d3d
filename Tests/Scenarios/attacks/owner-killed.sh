#!/bin/sh
# The process that owns the firewall's table is killed: the table dies without any request.
# row: evasion 11
# expect: WW002 by nft
. "$LAB/lib.sh"
owned_firewall
sh -c "kill -9 $owner; :"
exec 3>&-
