#!/bin/sh
# Beside a running firewalld, nft deletes its table.
# needs: systemd
# row: evasion 1
# firewall: firewalld
# expect: WW002 by nft
. "$LAB/lib.sh"
inside nft flush ruleset
