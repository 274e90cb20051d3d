#!/bin/sh
# nftables.conf is emptied: after the next boot there is no rule.
# row: evasion 25
# config: files
# expect: WW010 by dash
: > /etc/nftables.conf
