#!/bin/sh
# Two thousand harmless changes by others surround the one that counts.
# row: evasion 19
# firewall: host.nft
# expect: WW002 by nft
/usr/bin/python3 -B -c '
import os, sys
sys.path.insert(0, os.environ["LIVE"])
from raw_netlink import Batch, send
for n in range(1000):
    send(Batch("ip").add_table("noise").bytes())
    send(Batch("ip").delete_table("noise").bytes())' &
sleep 0.2
nft flush ruleset
wait
