#!/usr/bin/python3
"""Replaces iptables' legacy table filter with bytes of its own making.

    legacy_replace.py two       two processes, one right after the other: INPUT drops, then FORWARD drops too
    legacy_replace.py stale     a replace that states another number of counters than the table has: EAGAIN

`two` prints the pids in the order of the replaces; `stale` exits with the errno.
"""
import ctypes
import os
import socket
import struct
import sys

SOL_IP, GET_INFO, GET_ENTRIES, REPLACE = 0, 64, 65, 64
INPUT, FORWARD, ACCEPT, DROP = 1, 2, -2, -1
HEAD, VERDICT = 112, 112 + 32


class Table:
    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        info = self.get(GET_INFO, 84, b"filter".ljust(84, b"\0"))
        self.valid, = struct.unpack_from("=I", info, 32)
        self.hooks = info[36:76]
        self.underflow = struct.unpack_from("=5I", info, 56)
        self.number, self.size = struct.unpack_from("=II", info, 76)
        asked = b"filter".ljust(32, b"\0") + struct.pack("=II", self.size, 0)
        self.entries = bytearray(self.get(GET_ENTRIES, 40 + self.size, asked.ljust(40 + self.size, b"\0"))[40:])

    def get(self, option, size, asked):
        libc, buffer = ctypes.CDLL(None, use_errno=True), ctypes.create_string_buffer(asked, size)
        length = ctypes.c_uint32(size)
        if libc.getsockopt(self.socket.fileno(), SOL_IP, option, buffer, ctypes.byref(length)):
            raise OSError(ctypes.get_errno(), "getsockopt")
        return buffer.raw

    def policy(self, hook, verdict):
        struct.pack_into("=i", self.entries, self.underflow[hook] + VERDICT, verdict)

    def request(self, counters=None):
        counters = self.number if counters is None else counters
        self.room = ctypes.create_string_buffer(16 * max(counters, 1))
        head = b"filter".ljust(32, b"\0") + struct.pack("=III", self.valid, self.number, self.size) + self.hooks
        return head + struct.pack("=IQ", counters, ctypes.addressof(self.room)) + bytes(self.entries)

    def replace(self, request):
        self.socket.setsockopt(SOL_IP, REPLACE, request)


def two():
    table = Table()
    table.policy(INPUT, DROP)
    first = table.request()
    table.policy(FORWARD, DROP)
    second = table.request()
    # The first one's child waits, ready to go, until the first is done.
    readable, writable = os.pipe()
    child = os.fork()
    if not child:
        os.read(readable, 1)
        table.replace(second)
        os._exit(0)
    table.replace(first)
    os.write(writable, b"x")
    os.waitpid(child, 0)
    print(os.getpid(), child)


def stale():
    table = Table()
    table.policy(INPUT, DROP)
    try:
        table.replace(table.request(table.number + 1))
    except OSError as error:
        sys.exit(error.errno)


if __name__ == "__main__":
    {"two": two, "stale": stale}[sys.argv[1]]()
