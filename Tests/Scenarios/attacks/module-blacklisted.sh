#!/bin/sh
# modprobe.d keeps nf_tables from being loaded after the next boot.
# row: evasion 16, evasion 25
# config: files
# expect: WW010 by tee or busybox
echo 'install nf_tables /bin/false' | tee /etc/modprobe.d/net.conf
