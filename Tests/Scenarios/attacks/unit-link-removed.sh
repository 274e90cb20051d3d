#!/bin/sh
# The link that starts nftables at boot is removed, by busybox.
# row: evasion 25
# config: files
# expect: WW010 by busybox
busybox rm /etc/systemd/system/multi-user.target.wants/nftables.service
