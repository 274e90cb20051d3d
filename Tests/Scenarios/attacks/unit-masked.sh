#!/bin/sh
# nftables.service is masked by hand.
# row: evasion 25
# config: files
# expect: WW010 by ln or busybox
ln -sf /dev/null /etc/systemd/system/nftables.service
