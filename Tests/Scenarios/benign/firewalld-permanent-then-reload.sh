#!/bin/sh
# A permanent change, which says nothing to the kernel, and the reload that brings it.
# needs: systemd
# row: firewall-cmd --add-port, firewall-cmd --reload / --complete-reload
# firewall: firewalld
# expect: no alert
. "$LAB/lib.sh"
inside firewall-cmd --permanent --add-port=8443/tcp
inside firewall-cmd --reload
