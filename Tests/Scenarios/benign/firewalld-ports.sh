#!/bin/sh
# firewall-cmd adds and removes ports and a service.
# needs: systemd
# row: firewall-cmd --add-port
# firewall: firewalld
# expect: no alert
. "$LAB/lib.sh"
for option in --add-port=8080/tcp --remove-port=8080/tcp --add-service=http --remove-service=http --add-rich-rule='rule family=ipv4 source address=192.0.2.0/24 drop' --remove-rich-rule='rule family=ipv4 source address=192.0.2.0/24 drop'; do
    inside firewall-cmd "$option"
done
