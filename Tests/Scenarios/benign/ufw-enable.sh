#!/bin/sh
# ufw is enabled.
# needs: systemd
# row: ufw enable
# settle: 12
# expect: no alert
. "$LAB/lib.sh"
inside ufw --force enable
