#!/usr/bin/python3
"""Lays hands on the kernel half by bpf(2) itself: no bpftool, no library.

    lay_hands.py read-maps            a descriptor of every map there is, for reading
    lay_hands.py open-map NAME        a descriptor of the newest map of that name, for writing
    lay_hands.py detach-cgroup-links  detaches every link of a cgroup program; prints how many
    lay_hands.py mark-layout PATH     writes 99 over the layout's version in the pinned map `duty`
"""
import ctypes
import os
import struct
import sys

SYS_BPF = 321
LOOKUP, UPDATE, OBJ_GET, MAP_NEXT, MAP_BY_ID, INFO, LINK_BY_ID, LINK_NEXT, LINK_DETACH = 1, 2, 7, 12, 14, 15, 30, 31, 34
RDONLY, LINK_TYPE_CGROUP = 1 << 3, 3
libc = ctypes.CDLL(None, use_errno=True)


def bpf(command, attributes):
    data = ctypes.create_string_buffer(attributes.ljust(128, b"\0"), 128)
    result = libc.syscall(SYS_BPF, command, data, 128)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"bpf({command})")
    return result, data.raw


def ids(next_command):
    last = 0
    while True:
        try:
            last = struct.unpack_from("=I", bpf(next_command, struct.pack("=II", last, 0))[1], 4)[0]
        except FileNotFoundError:
            return
        yield last


def info(descriptor):
    out = ctypes.create_string_buffer(256)
    bpf(INFO, struct.pack("=IIQ", descriptor, 256, ctypes.addressof(out)))
    return out.raw


def maps(flags):
    for number in ids(MAP_NEXT):
        descriptor = bpf(MAP_BY_ID, struct.pack("=III", number, 0, flags))[0]
        yield descriptor, info(descriptor)[24:40].split(b"\0")[0].decode()


def main(deed, *words):
    if deed == "read-maps":
        for descriptor, _ in maps(RDONLY):
            os.close(descriptor)
    elif deed == "open-map":
        for number in reversed(list(ids(MAP_NEXT))):
            descriptor = bpf(MAP_BY_ID, struct.pack("=III", number, 0, RDONLY))[0]
            if info(descriptor)[24:40].split(b"\0")[0].decode() == words[0]:
                bpf(MAP_BY_ID, struct.pack("=III", number, 0, 0))
                return print(number)
        sys.exit(f"no map {words[0]}")
    elif deed == "detach-cgroup-links":
        count = 0
        for number in ids(LINK_NEXT):
            descriptor = bpf(LINK_BY_ID, struct.pack("=I", number))[0]
            if struct.unpack_from("=I", info(descriptor))[0] == LINK_TYPE_CGROUP:
                bpf(LINK_DETACH, struct.pack("=I", descriptor))
                count += 1
        print(count)
    elif deed == "mark-layout":
        path, key, value = ctypes.create_string_buffer(words[0].encode()), ctypes.c_uint32(0), ctypes.create_string_buffer(64)
        descriptor = bpf(OBJ_GET, struct.pack("=Q", ctypes.addressof(path)))[0]
        element = struct.pack("=IIQQ", descriptor, 0, ctypes.addressof(key), ctypes.addressof(value))
        bpf(LOOKUP, element)
        ctypes.memmove(value, struct.pack("=I", 99), 4)
        bpf(UPDATE, element)


if __name__ == "__main__":
    main(*sys.argv[1:])
