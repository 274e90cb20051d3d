#!/bin/sh
# nft runs from memory: no file is left.
# row: evasion 23
# firewall: host.nft
# expect: WW002 by /memfd:dbus-daemon
/usr/bin/python3 -c '
import os, shutil
fd = os.memfd_create("dbus-daemon", 0)
os.write(fd, open(shutil.which("nft"), "rb").read())
os.execve(fd, ["dbus-daemon", "flush", "ruleset"], os.environ)'
