#!/bin/sh
# A child that borrows its parent's memory acts, and is gone.
# row: evasion 23
# firewall: host.nft
# expect: WW002 by tasks
"$DEEDS/tasks" vfork host
