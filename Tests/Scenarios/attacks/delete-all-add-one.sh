#!/bin/sh
# One transaction takes all away and adds an innocent rule: auditd tells it as a rule added.
# row: evasion 7
# firewall: host.nft
# expect: WW001 by nft
nft -f - <<'RULES'
flush ruleset
table inet host { chain input { type filter hook input priority 0; tcp dport 22 accept; }; }
RULES
