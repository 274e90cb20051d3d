#!/bin/sh
# sysctl.d takes bridged packets past iptables after the next boot.
# row: evasion 17, evasion 25
# config: files
# expect: WW010 by python3.11
/usr/bin/python3 -c 'open("/etc/sysctl.d/98-net.conf", "w").write("net.bridge.bridge-nf-call-iptables = 0\n")'
