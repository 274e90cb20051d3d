#!/bin/sh
# fail2ban-client lifts all bans.
# needs: systemd
# row: fail2ban ban/unban, evasion 12
# firewall: nftables fail2ban
# known: fail2ban may do to its own chains what it likes (known writer): lifting all bans is its work. The changes are told, with `covered_by`
# expect: WW001 by xtables-nft-multi
. "$LAB/lib.sh"
for n in 1 2 3 4 5 6; do inside fail2ban-client set sshd banip 192.0.2.$n; done
settled
inside fail2ban-client unban --all
