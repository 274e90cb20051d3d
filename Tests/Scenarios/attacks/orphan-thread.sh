#!/bin/sh
# A thread acts after the first thread of its process has ended.
# row: evasion 23
# firewall: host.nft
# expect: WW002 by tasks
"$DEEDS/tasks" orphan host
