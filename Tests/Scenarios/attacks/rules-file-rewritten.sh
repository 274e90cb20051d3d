#!/bin/sh
# The saved rules are rewritten by Python, without the lines that block.
# row: evasion 25
# config: files
# expect: WW010 by python3.11
/usr/bin/python3 -c 'p = "/etc/iptables/rules.v4"; t = [l for l in open(p) if "DROP" not in l]; open(p, "w").writelines(t)'
