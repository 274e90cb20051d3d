#!/usr/bin/python3
"""Hides a change among messages that change nothing.

    padded.py before COUNT TABLE     COUNT harmless messages, then the one that empties inet TABLE
    padded.py between COUNT TABLE    chain by chain, COUNT harmless messages between: the chains a and b are emptied
    padded.py begin COUNT TABLE      the beginning of the batch itself is COUNT kilobytes long
    padded.py ipset COUNT SET        COUNT messages that ipset passes over, then a flush; `questions` asks of SET instead

Prints the kernel's answer, exits with its errno.
"""
import errno
import os
import socket
import struct
import sys

from raw_netlink import FAMILIES, NETLINK_NETFILTER, NEWTABLE, NLM_F_CREATE, NLM_F_REQUEST, SUBSYS_NFTABLES, BATCH_BEGIN, Batch, attribute, message

SO_SNDBUFFORCE = 32
SUBSYS_IPSET, IPSET_FLUSH, IPSET_HEADER, NLMSG_NOOP = 6, 4, 12, 1


def harmless(batch, table, count):
    """Makes a table that is there already: the kernel takes it, and does nothing."""
    for _ in range(count):
        batch.add(NEWTABLE, attribute(1, table), flags=NLM_F_CREATE)
    return batch


def nftables(how, count, table):
    batch = Batch("inet")
    if how == "begin":
        filling = [attribute(100, b"\0" * 1020) for _ in range(count)]  # of a kind the kernel passes over
        batch.messages = [message(BATCH_BEGIN, NLM_F_REQUEST, 0, 0, filling, res_id=SUBSYS_NFTABLES)]
        return batch.flush_table(table).bytes()
    if how == "before":
        return harmless(batch, table, count).flush_table(table).bytes()
    for chain in "ab":
        harmless(batch, table, count).flush_chain(table, chain)
    return harmless(batch, table, count).bytes()


def ipset(how, count, name):
    def command(number, *attributes):
        return message(SUBSYS_IPSET << 8 | number, NLM_F_REQUEST, 1, FAMILIES["ip"], [attribute(1, b"\6"), *attributes])

    # A socket that takes no answer may ask as often as it likes.
    padding = message(NLMSG_NOOP, NLM_F_REQUEST, 1, 0) if how == "ipset" else command(IPSET_HEADER, attribute(2, name))
    return padding * count + command(IPSET_FLUSH, attribute(2, name))


def main(how, count, name):
    data = (ipset if how in ("ipset", "questions") else nftables)(how, int(count), name)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as sock:
        sock.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 16 << 20)
        sock.sendto(data, (0, 0))
        answers = b""
        while True:
            try:
                answers += sock.recv(1 << 20, socket.MSG_DONTWAIT)
            except OSError as error:
                if error.errno == errno.ENOBUFS:
                    continue
                break
    offset = 0
    while offset + 20 <= len(answers):
        length, kind = struct.unpack_from("=IH", answers, offset)
        if kind == 2 and (code := -struct.unpack_from("=i", answers, offset + 16)[0]):
            return code
        offset += max(length + 3 & ~3, 16)
    return 0


if __name__ == "__main__":
    code = main(*sys.argv[1:])
    print(errno.errorcode.get(code, "OK"), os.getpid())
    sys.exit(code)
