#!/bin/sh
# Connections are no longer tracked: rules that block new ones match nothing any more.
# row: evasion 13
# firewall: tracked.nft
# known: the model of effective rules does not follow connection tracking: that `ct state new` matches nothing after `notrack` is not known to it. The change itself is told
# expect: WW006 by nft
nft 'add table inet raw; add chain inet raw pre { type filter hook prerouting priority raw; }; add rule inet raw pre notrack'
