#!/usr/bin/python3
# Five hundred batches that fail, of root and of nobody, to tire who watches; then one that does not.
# row: evasion 6
# firewall: host.nft
# expect: WW002 by python3.11
import os
import sys

sys.path.insert(0, os.environ["LIVE"])
from raw_netlink import Batch, send  # noqa: E402

for _ in range(250):
    assert send(Batch("inet").delete_table("host").delete_table("no-such-table").bytes())
child = os.fork()
if not child:
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
    for _ in range(250):
        send(Batch("inet").delete_table("host").bytes())
    os._exit(0)
os.waitpid(child, 0)
assert send(Batch("unspec").flush_ruleset().bytes()) == 0
