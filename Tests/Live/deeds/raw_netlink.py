#!/usr/bin/python3
"""Changes nftables with bytes of its own making: no nft, no libnftables, no library at all.

    raw_netlink.py DEED ARGUMENT...   FAMILY is ip, ip6, inet, …; prints the kernel's answer, exits with its errno

The harness imports `Batch` and `send` for its fences; the tests start it as a program.
"""
import array
import errno
import os
import signal
import socket
import struct
import sys

NETLINK_NETFILTER = 12
SUBSYS_NFTABLES = 10
NLM_F_REQUEST, NLM_F_ACK, NLM_F_CREATE, NLM_F_APPEND = 0x1, 0x4, 0x400, 0x800
NLMSG_ERROR, BATCH_BEGIN, BATCH_END = 0x2, 0x10, 0x11
NEWTABLE, DELTABLE, NEWCHAIN, DELCHAIN, NEWRULE, DELRULE, NEWGEN = 0, 2, 3, 5, 6, 8, 15
FAMILIES = {"unspec": 0, "inet": 1, "ip": 2, "arp": 3, "netdev": 5, "bridge": 7, "ip6": 10}
NF_DROP, REGISTER_VERDICT = 0, 0
OWNER, PERSIST = 2, 4


def attribute(kind, payload):
    """One netlink attribute; a list is nested, an int big-endian 32 bits, a str ends in NUL."""
    if isinstance(payload, list):
        kind, payload = kind | 0x8000, b"".join(payload)
    elif isinstance(payload, str):
        payload = payload.encode() + b"\0"
    elif isinstance(payload, int):
        payload = struct.pack(">I", payload)
    length = 4 + len(payload)
    return struct.pack("=HH", length, kind) + payload + b"\0" * (-length % 4)


def message(kind, flags, seq, family, attributes=(), res_id=0, port=0):
    body = struct.pack(">BBH", family, 0, res_id) + b"".join(attributes)
    return struct.pack("=IHHII", 16 + len(body), kind, flags, seq, port) + body


class Batch:
    """nftables messages between BATCH_BEGIN and BATCH_END."""

    def __init__(self, family, ended=True):
        self.family, self.ended = FAMILIES[family], ended
        self.messages = [message(BATCH_BEGIN, NLM_F_REQUEST, 0, 0, res_id=SUBSYS_NFTABLES)]

    def add(self, kind, *attributes, flags=NLM_F_ACK):
        kind |= SUBSYS_NFTABLES << 8
        self.messages.append(message(kind, NLM_F_REQUEST | flags, len(self.messages), self.family, attributes))
        return self

    def add_table(self, name, flags=0):
        return self.add(NEWTABLE, attribute(1, name), attribute(2, flags), flags=NLM_F_ACK | NLM_F_CREATE)

    def delete_table(self, name):
        return self.add(DELTABLE, attribute(1, name))

    def flush_ruleset(self):
        return self.add(DELTABLE)

    def add_chain(self, table, name):
        return self.add(NEWCHAIN, attribute(1, table), attribute(3, name), flags=NLM_F_ACK | NLM_F_CREATE)

    def delete_chain(self, table, name):
        return self.add(DELCHAIN, attribute(1, table), attribute(3, name))

    def add_drop(self, table, chain):
        """`drop`: the immediate verdict and nothing else."""
        verdict = attribute(2, [attribute(1, REGISTER_VERDICT), attribute(2, [attribute(2, [attribute(1, NF_DROP)])])])
        expressions = attribute(4, [attribute(1, [attribute(1, "immediate"), verdict])])
        return self.add(NEWRULE, attribute(1, table), attribute(2, chain), expressions, flags=NLM_F_ACK | NLM_F_CREATE | NLM_F_APPEND)

    def delete_rule(self, table, chain, handle):
        return self.add(DELRULE, attribute(1, table), attribute(2, chain), attribute(3, struct.pack(">Q", int(handle))))

    def flush_chain(self, table, chain):
        return self.add(DELRULE, attribute(1, table), attribute(2, chain))

    def flush_table(self, table):
        return self.add(DELRULE, attribute(1, table))

    def bytes(self):
        end = [message(BATCH_END, NLM_F_REQUEST, len(self.messages), 0, res_id=SUBSYS_NFTABLES)] if self.ended else []
        return b"".join(self.messages + end)


def send(data, port=0):
    """Sends to the kernel (or to another process's port) and returns the first errno it answers, 0 if none."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as sock:
        return send_on(sock, data, port)


def send_on(sock, data, port=0):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    sock.sendto(data, (port, 0))
    if port:
        return 0
    # The kernel has handled the batch inside sendto: every answer is queued already.
    while True:
        try:
            answer = sock.recv(65536, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return 0
        offset = 0
        while offset + 20 <= len(answer):
            length, kind = struct.unpack_from("=IH", answer, offset)
            code = struct.unpack_from("=i", answer, offset + 16)[0]
            if kind == NLMSG_ERROR and code:
                return -code
            offset += max(length + 3 & ~3, 16)


def forge(port, table):
    """To PORT: what the kernel would say had TABLE gone (DELTABLE, then NEWGEN naming pid 1, "systemd")."""
    kind = SUBSYS_NFTABLES << 8
    gone = message(kind | DELTABLE, 0, 7, FAMILIES["inet"], [attribute(1, table), attribute(2, 0), attribute(3, 0)])
    generation = message(kind | NEWGEN, 0, 7, 0, [attribute(1, 4000), attribute(2, 1), attribute(3, "systemd")])
    return send(gone, int(port)) or send(generation, int(port))


def own(mode, family, table, rules, flags=OWNER):
    """Makes a table that its socket owns, with a chain of RULES rules, and says so in a line. Then, by MODE:

    end: ends at once     wait: ends with its stdin     close: closes the socket after a line on stdin, then as wait
    pass: hands the socket to a child and ends after a line on stdin; the child, whose pid is in the line, ends with SIGTERM
    """
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    batch = Batch(family).add_table(table, int(flags)).add_chain(table, "c")
    for _ in range(int(rules)):
        batch.add_drop(table, "c")
    code = send_on(sock, batch.bytes())
    child = pass_on(sock) if mode == "pass" else ""
    print(errno.errorcode.get(code, "OK"), os.getpid(), child, flush=True)
    if mode == "close":
        sys.stdin.readline()
        sock.close()
        print("closed", flush=True)
    if mode == "pass":
        sys.stdin.readline()
    elif mode != "end":
        sys.stdin.read()
    os._exit(code)


def pass_on(sock):
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    child = os.fork()
    if not child:
        sock.close()  # what was inherited: only what is passed counts
        ours.close()
        _, ancillary, _, _ = theirs.recvmsg(1, socket.CMSG_SPACE(4))
        held = array.array("i", ancillary[0][2])
        theirs.send(b"%d" % held[0])
        signal.pause()
        os._exit(0)
    theirs.close()
    ours.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [sock.fileno()]))])
    ours.recv(16)
    return child


def perform(deed, arguments):
    if deed == "own":
        return own(*arguments)
    if deed == "forge":
        return forge(*arguments)
    if deed == "flush-ruleset":
        return send(Batch("unspec").flush_ruleset().bytes())
    family, *arguments = arguments
    if deed == "abort":  # the first message is good, the second is not: the kernel undoes both
        return send(Batch(family).delete_table(arguments[0]).delete_table("no-such-table").bytes())
    if deed == "unended":  # without BATCH_END the kernel aborts, and says nothing
        return send(Batch(family, ended=False).delete_table(arguments[0]).bytes())
    batch = Batch(family)
    getattr(batch, deed.replace("-", "_"))(*arguments)
    return send(batch.bytes())


if __name__ == "__main__":
    code = perform(sys.argv[1], sys.argv[2:])
    print(errno.errorcode.get(code, "OK"), os.getpid())
    sys.exit(code)
