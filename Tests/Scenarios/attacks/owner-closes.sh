#!/bin/sh
# The process that owns the firewall's table ends by itself.
# row: evasion 11
# expect: WW002 by nft
. "$LAB/lib.sh"
owned_firewall
echo quit >&3
wait $owner
exec 3>&-
