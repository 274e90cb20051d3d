#!/bin/sh
# A process that takes firewalld's name, as comm and arguments, deletes a table of firewalld's.
# row: evasion 23, evasion 24
# firewall: firewalld.nft
# expect: WW002 by python3.11
/usr/bin/python3 -B -c '
import ctypes, sys
ctypes.CDLL(None).prctl(15, b"firewalld", 0, 0, 0)
import os, sys
sys.path.insert(0, os.environ["LIVE"])
from raw_netlink import Batch, send
sys.exit(send(Batch("inet").delete_table("firewalld").bytes()))' /usr/sbin/firewalld --nofork
