#!/bin/sh
# The rules that were given to ufw are moved away.
# row: evasion 25
# config: files
# expect: WW010 by mv or busybox
mv /etc/ufw/user.rules /etc/ufw/user.rules.old
