#!/bin/sh
# The policy of the input chain is set to accept; no rule is touched.
# row: evasion 8
# firewall: host.nft
# expect: WW003 by nft
nft 'chain inet host input { policy accept; }'
