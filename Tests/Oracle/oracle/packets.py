"""What is sent through the firewall: frames made beforehand, packets of the router's own, and real connections."""
import errno
import itertools
import socket
import struct

from .world import MAC, SOURCES

PORTS = (22, 53, 80, 443, 1000)
MARKS = (0, 1, 2, 7)
LISTENING = 80


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def with_checksum(data, place, pseudo=b""):
    return data[:place] + struct.pack("!H", checksum(pseudo + data)) + data[place + 2 :]


def pseudo(source, target, protocol, length):
    return source + target + struct.pack("!HH" if len(source) == 4 else "!II", *((protocol, length) if len(source) == 4 else (length, protocol)))


def tcp(source, target, sport, dport, flags):
    data = struct.pack("!HHIIBBHHH", sport, dport, 1000, 0, 5 << 4, flags, 1024, 0, 0)
    return 6, with_checksum(data, 16, pseudo(source, target, 6, len(data)))


def udp(source, target, sport, dport, size=8):
    data = struct.pack("!HHHH", sport, dport, 8 + size, 0) + b"x" * size
    return 17, with_checksum(data, 6, pseudo(source, target, 17, len(data)))


def echo(source, target, number=7):
    if len(source) == 4:
        return 1, with_checksum(struct.pack("!BBHHH", 8, 0, 0, number, 1) + b"x" * 8, 2)
    data = struct.pack("!BBHHH", 128, 0, 0, number, 1) + b"x" * 8
    return 58, with_checksum(data, 2, pseudo(source, target, 58, len(data)))


def packet(source, target, payload, ttl=64, fragment=0):
    """An IP packet of either version. `fragment`: the field of flags and offset."""
    protocol, data = payload
    if len(source) == 16:
        return struct.pack("!IHBB", 6 << 28, len(data), protocol, ttl) + source + target + data
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(data), 77, fragment, ttl, protocol, 0) + source + target
    return with_checksum(head, 10) + data


def ethernet(source, target, body, kind=None):
    kind = kind or (0x0800 if body[0] >> 4 == 4 else 0x86DD)
    return bytes.fromhex((target + source).replace(":", "")) + struct.pack("!H", kind) + body


def arp(source, target, operation, mac):
    return struct.pack("!HHBBHs", 1, 0x0800, 6, 4, operation, b"")[:8] + bytes.fromhex(mac.replace(":", "")) + address(source) + bytes(6) + address(target)


def address(text):
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def payloads(source, target):
    source, target = address(source), address(target)
    for port in PORTS:
        yield tcp(source, target, 4000 + port, port, 2)  # SYN
        yield udp(source, target, 5000 + port, port)
    yield tcp(source, target, 4080, 80, 16)  # ACK out of nowhere
    yield tcp(source, target, 80, 4080, 18)
    yield udp(source, target, 53, 5053, 200)
    yield echo(source, target)
    yield 47, bytes(8)  # GRE
    yield 132, struct.pack("!HHII", 1000, 80, 0, 0)  # SCTP


class Packets:
    def __init__(self, world):
        self.world = world
        self.sent = 0
        wires = {}
        for space, links in ((world.sender, ("s0", "sb")), (world.receiver, ("t0", "tb"))):
            for link in links:
                with world.inside(space):
                    wires[link] = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
                    wires[link].bind((link, 0))
        self.wires = wires
        self.frames = [*self.routed(), *self.bridged()]
        with world.inside(world.router):
            self.own4 = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
            self.own6 = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
        for own in (self.own4, self.own6):
            own.setblocking(False)
        self.own = [*self.local()]
        self.listeners = [self.listener(world.router, "10.1.0.1"), self.listener(world.receiver, "10.2.0.2")]

    def routed(self):
        """To the router, through it, and back from the receiver."""
        for nets in (("10.1.0.", "10.2.0."), ("fd01::", "fd02::")):
            for host, target in itertools.product(SOURCES, (nets[0] + "1", nets[1] + "1", nets[1] + "2")):
                for payload in payloads(nets[0] + host, target):
                    yield self.wires["s0"], ethernet(MAC["s0"], MAC["r0"], packet(address(nets[0] + host), address(target), payload))
            for target in (nets[0] + "2", nets[1] + "1"):
                for payload in payloads(nets[1] + "2", target):
                    yield self.wires["t0"], ethernet(MAC["t0"], MAC["r1"], packet(address(nets[1] + "2"), address(target), payload))
        source, target = address("10.1.0.2"), address("10.2.0.2")
        whole = udp(source, target, 5000, 443, 40)
        for payload, options in (
            (echo(source, target), {"ttl": 1}),
            ((17, whole[1][:24]), {"fragment": 0x2000}),  # the first of two
            ((17, whole[1][24:]), {"fragment": 3}),
            ((6, b"x" * 16), {"fragment": 100}),  # the last of a packet that never comes
            ((17, b""), {}),  # cut off before its ports
        ):
            yield self.wires["s0"], ethernet(MAC["s0"], MAC["r0"], packet(source, target, payload, **options))

    def bridged(self):
        for wire, source, target, host in (("sb", "10.3.0.2", "10.3.0.3", "tb"), ("tb", "10.3.0.3", "10.3.0.1", "br0"), ("sb", "10.3.0.2", "10.3.0.1", "br0")):
            for payload in payloads(source, target):
                yield self.wires[wire], ethernet(MAC[wire], MAC[host], packet(address(source), address(target), payload))
            for operation in (1, 2):
                yield self.wires[wire], ethernet(MAC[wire], "ff:ff:ff:ff:ff:ff", arp(source, target, operation, MAC[wire]), 0x0806)
        for operation, source in itertools.product((1, 2), SOURCES):
            body = arp("10.1.0." + source, "10.1.0.1", operation, MAC["s0"])
            yield self.wires["s0"], ethernet(MAC["s0"], "ff:ff:ff:ff:ff:ff", body, 0x0806)
        yield self.wires["sb"], ethernet(MAC["sb"], MAC["tb"], bytes(46), 0x88B5)

    def local(self):
        """From the router, also to itself."""
        for source, target in (("10.1.0.1", "10.1.0.2"), ("10.2.0.1", "10.2.0.2"), ("10.1.0.1", "10.2.0.1"), ("127.0.0.1", "127.0.0.1")):
            for payload in payloads(source, target):
                yield self.own4, packet(address(source), address(target), payload), (target, 0)
        for source, target in (("fd01::1", "fd01::2"), ("fd02::1", "fd02::2"), ("fd01::1", "fd02::1")):
            for payload in payloads(source, target):
                yield self.own6, packet(address(source), address(target), payload), (target, 0)

    def listener(self, space, host):
        with self.world.inside(space):
            listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((host, LISTENING))
            listening.listen(64)
        return listening

    def send(self, random, share=1.0):
        """Sends a part of all that there is, each but once, in any order."""
        chosen = random.sample(self.frames, int(len(self.frames) * share))
        for wire, frame in chosen:
            self.attempt(wire.send, frame)
        for mark in MARKS:
            for own in (self.own4, self.own6):
                own.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, mark)
            for wire, data, target in random.sample(self.own, int(len(self.own) * share / 4)):
                self.attempt(wire.sendto, data, target)
        self.talk()

    def attempt(self, send, *arguments):
        self.sent += 1
        try:
            send(*arguments)
        except OSError as error:  # what a rule dropped on the way out, or a queue that is full
            if error.errno not in (errno.EPERM, errno.ENOBUFS, errno.EAGAIN, errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EMSGSIZE, errno.EINVAL, errno.ECONNREFUSED):
                raise

    def talk(self):
        """Connections that are made, used and reset, if the firewall lets them."""
        talks = []
        with self.world.inside(self.world.sender):
            for target in ("10.1.0.1", "10.2.0.2"):
                talk = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
                talk.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                talk.connect_ex((target, LISTENING))
                talks.append(talk)
        for talk in talks:
            self.sent += 1
            try:
                talk.send(b"hello")
            except OSError:
                pass
            talk.close()
        for listening in self.listeners:
            try:
                while True:
                    listening.accept()[0].close()
            except OSError:
                pass

    def close(self):
        for one in (*self.wires.values(), self.own4, self.own6, *self.listeners):
            one.close()
