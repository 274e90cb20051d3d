#!/bin/sh
# wg-quick's PostUp and PostDown: a rule of NAT and an accept come, and go again.
# row: administrator
# firewall: iptables.rules
# expect: no alert
. "$LAB/lib.sh"
in_unit wg-quick@wg0.service sh -c 'iptables -A FORWARD -i wg0 -j ACCEPT; iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE'
settled
in_unit wg-quick@wg0.service sh -c 'iptables -D FORWARD -i wg0 -j ACCEPT; iptables -t nat -D POSTROUTING -o eth0 -j MASQUERADE'
