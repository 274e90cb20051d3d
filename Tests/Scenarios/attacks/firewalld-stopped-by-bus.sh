#!/bin/sh
# A Python program has systemd stop firewalld, over D-Bus.
# needs: systemd
# row: systemctl restart / stop firewalld, evasion 22
# firewall: firewalld
# settle: 12
# expect: WW008 by python3.11
. "$LAB/lib.sh"
inside python3 -c '
import dbus, time
manager = dbus.Interface(dbus.SystemBus().get_object("org.freedesktop.systemd1", "/org/freedesktop/systemd1"), "org.freedesktop.systemd1.Manager")
manager.StopUnit("firewalld.service", "replace")
time.sleep(0.5)'
