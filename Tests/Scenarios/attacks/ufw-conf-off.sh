#!/bin/sh
# ufw.conf is told that ufw is off.
# row: evasion 25
# config: files
# expect: WW010 by sed or busybox
sed -i s/ENABLED=yes/ENABLED=no/ /etc/ufw/ufw.conf
