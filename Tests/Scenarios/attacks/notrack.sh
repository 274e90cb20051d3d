#!/bin/sh
# Connections are no longer tracked: rules that block new ones match nothing any more.
# row: evasion 13
# firewall: tracked.nft
# expect: WW006 by nft
nft 'add table inet raw; add chain inet raw pre { type filter hook prerouting priority raw; }; add rule inet raw pre notrack'
