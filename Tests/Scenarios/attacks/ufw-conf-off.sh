#!/bin/sh
# ufw.conf is told that ufw is off.
# row: evasion 25
# config: files
# expect: WW010 by sed
sed -i s/ENABLED=yes/ENABLED=no/ /etc/ufw/ufw.conf
