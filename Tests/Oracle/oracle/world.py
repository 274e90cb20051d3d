"""Three network namespaces in a row: sender, router with the firewall, receiver. This process lives in the router.

    sender s0 10.1.0.2 ── r0 10.1.0.1 router r1 10.2.0.1 ── t0 10.2.0.2 receiver
           sb 10.3.0.2 ── p0 br0 10.3.0.1        p1 ── tb 10.3.0.3

The lower pair of links meets in a bridge, so that frames pass the hooks of bridges too.
"""
import contextlib
import os
import subprocess

from harness import netns

MAC = {name: f"02:00:00:00:00:{index:02x}" for index, name in enumerate("s0 r0 r1 t0 sb p0 br0 p1 tb".split(), 1)}
SOURCES = ("2", "3", "4")  # of 10.1.0.0/24 and fd01::/64


class World:
    def __init__(self):
        self.sender, self.router, self.receiver = netns.Netns(), netns.Netns(), netns.Netns()
        try:
            self.connect()
        except Exception:
            self.close()
            raise

    def connect(self):
        s, r, t = (space.name for space in (self.sender, self.router, self.receiver))
        for here, name, there, peer in ((s, "s0", r, "r0"), (r, "r1", t, "t0"), (s, "sb", r, "p0"), (r, "p1", t, "tb")):
            self.ip(f"link add {name} address {MAC[name]} netns {here} type veth peer name {peer} address {MAC[peer]} netns {there}")
        self.ip(f"link add br0 address {MAC['br0']} type bridge", r)
        self.ip("link set p0 master br0", r)
        self.ip("link set p1 master br0", r)
        for space in (self.sender, self.router, self.receiver):
            self.settings(space)
        addresses = {
            s: {"s0": ["10.1.0.2/24", "fd01::2/64"], "sb": ["10.3.0.2/24"]},
            r: {"r0": ["10.1.0.1/24", "fd01::1/64"], "r1": ["10.2.0.1/24", "fd02::1/64"], "br0": ["10.3.0.1/24"], "p0": [], "p1": []},
            t: {"t0": ["10.2.0.2/24", "fd02::2/64"], "tb": ["10.3.0.3/24"]},
        }
        for space, links in addresses.items():
            for link, them in {"lo": [], **links}.items():
                self.ip(f"link set {link} up", space)
                for address in them:
                    self.ip(f"address add {address} dev {link} {'nodad' if ':' in address else ''}", space)
        self.ip("route add default via 10.1.0.1", s)
        self.ip("route add default via 10.2.0.1", t)
        self.ip("-6 route add default via fd01::1", s)
        self.ip("-6 route add default via fd02::1", t)
        # Known neighbours, so that no packet waits for a rule that drops ARP.
        near = [(s, "s0", "r0", ["10.1.0.1", "fd01::1"]), (t, "t0", "r1", ["10.2.0.1", "fd02::1"]), (r, "r1", "t0", ["10.2.0.2", "fd02::2"])]
        near.append((r, "r0", "s0", [net + host for net in ("10.1.0.", "fd01::") for host in SOURCES]))
        for space, link, to, them in near:
            for address in them:
                self.ip(f"neighbour replace {address} lladdr {MAC[to]} dev {link} nud permanent", space)

    def settings(self, space):
        """Routes everything, from wherever it comes."""
        with space.inside():
            for path in ("ipv4/ip_forward", "ipv6/conf/all/forwarding"):
                write(path, "1")
            for path in ("ipv4/conf/all/rp_filter", "ipv4/conf/default/rp_filter", "ipv6/conf/default/accept_dad"):
                write(path, "0")
            for name in os.listdir("/proc/sys/net/ipv4/conf"):
                write(f"ipv4/conf/{name}/rp_filter", "0")

    def ip(self, words, space=None):
        command = ["ip", *(["-n", space] if space else []), *words.split()]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True)

    def enter(self):
        """From here on this process, and what it starts, is in the router."""
        netns.enter(self.router.descriptor)
        self.check()

    @contextlib.contextmanager
    def inside(self, space):
        """For sockets of another namespace: they stay in it."""
        netns.enter(space.descriptor)
        try:
            yield
        finally:
            netns.enter(self.router.descriptor)

    def check(self):
        here = os.stat("/proc/thread-self/ns/net").st_ino
        if here != self.router.inode or here == os.fstat(netns.HOME).st_ino:
            raise SystemExit("refusing to change the firewall of another network namespace")

    def close(self):
        netns.enter(netns.HOME)
        for space in (self.sender, self.router, self.receiver):
            space.close()


def write(path, value):
    try:
        with open(f"/proc/sys/net/{path}", "w", encoding="ascii") as file:
            file.write(value)
    except FileNotFoundError:
        pass
