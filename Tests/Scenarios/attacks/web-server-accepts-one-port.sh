#!/bin/sh
# A web server has a shell open a port: no protection is lost, and nobody is asked who it is.
# row: evasion 9
# firewall: iptables.rules
# expect: WW013 by xtables-nft-multi
# who: apache2
cp "$DEEDS/cronlike" /usr/local/sbin/apache2
apache2 'iptables -I INPUT -p tcp --dport 31337 -j ACCEPT'
