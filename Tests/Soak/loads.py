"""What goes on at once on a bad day: changes by all backends, namespaces that come and go, and what a user without any
privilege can do. Each load is a thread that does one thing over and over until it is told to end."""
import os
import random
import subprocess
import threading
import time

from harness.netns import Netns

NOBODY = dict(user=65534, group=65534, extra_groups=[])
TOOLS = "/usr/sbin:/usr/bin:/sbin:/bin"


class Load(threading.Thread):
    """`space`: the namespace it works in; None: it brings its own, or needs none."""

    pause = 0.0

    def __init__(self, seed, space=None, deeds=None):
        super().__init__(daemon=True, name=type(self).__name__)
        self.space, self.deeds, self.rounds, self.failure = space, deeds, 0, None
        self.random = random.Random(f"{seed}{type(self).__name__}")
        self.over = threading.Event()

    def run(self):
        try:
            while not self.over.is_set():
                self.once()
                self.rounds += 1
                self.over.wait(self.pause)
        except Exception as failure:  # a load that cannot go on makes the soak worthless: it is told
            self.failure = failure

    def end(self):
        self.over.set()
        self.join(60)


class Storm(Load):
    """One rule a transaction, as fast as nft can be started; then all of them at once."""

    def once(self):
        for number in range(20):
            self.space.run(["nft", "add", "rule", "inet", "t", "c", "tcp", "dport", str(number + 1), "drop"])
        self.space.run("nft flush chain inet t c")


class Reload(Load):
    """A ruleset that is loaded again, whole."""

    pause = 0.3

    def once(self):
        rules = "".join(f"tcp dport {1 + number} drop; " for number in range(self.random.randrange(50, 500)))
        self.space.run(["nft", "-f", "-"], input=f"table inet r; flush table inet r; delete table inet r; table inet r {{ chain c {{ {rules}}}; }}")


class Legacy(Load):
    def once(self):
        port = str(self.random.randrange(1, 65535))
        self.space.run(["iptables-legacy", "-A", "INPUT", "-p", "tcp", "--dport", port, "-j", "DROP"])
        if self.rounds % 10 == 9:
            self.space.run("iptables-legacy -F INPUT")


class Sets(Load):
    def once(self):
        self.space.run(["ipset", "-exist", "add", "soak", f"192.0.2.{self.random.randrange(256)}"])
        if self.rounds % 50 == 49:
            self.space.run("ipset flush soak")


class Births(Load):
    """Namespaces with a firewall, that end at once."""

    def once(self):
        ns = Netns()
        try:
            ns.run(["nft", "-f", "-"], input="table inet b { chain c { type filter hook input priority 0; policy drop; tcp dport 22 accept; }; }")
        finally:
            ns.close()


class Unshares(Load):
    """Anybody can have a namespace of his own, and 10,000 rules in it: ten transactions, since he cannot have a send buffer
    for one."""

    RULES = "/tmp/wallwatch-soak.nft"

    def once(self):
        made = subprocess.run(
            ["unshare", "-Urn", "sh", "-ec", f"for i in 0 1 2 3 4 5 6 7 8 9; do nft -f {self.RULES}; done"], env={"PATH": TOOLS},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, **NOBODY)
        if made.returncode:
            raise RuntimeError(f"unshare ended with {made.returncode}: {made.stderr[-300:]}")

    @classmethod
    def prepare(cls):
        with open(cls.RULES, "w", encoding="utf-8") as file:
            file.write("table inet u { chain c { " + "counter drop; " * 1000 + "}; }\n")
        os.chmod(cls.RULES, 0o644)


class Forks(Load):
    """Short processes, as many as a user may have."""

    def once(self):
        subprocess.run(["sh", "-c", "ulimit -u 200; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do /bin/true & done; wait"],
                       env={"PATH": TOOLS}, stderr=subprocess.DEVNULL, check=False, **NOBODY)


class Refusals(Load):
    """Requests that the kernel refuses, of somebody who may not make them."""

    def once(self):
        with self.space.inside():
            subprocess.run(["/usr/bin/python3", self.deeds("raw_netlink.py"), "delete-table", "inet", "t"],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, **NOBODY)


class Names(Load):
    """Arguments of 128 KiB, and names that a terminal or a reader of JSON would choke on."""

    HOSTILE = ["\x1b]0;owned\x07\x1b[2J", '"},{"event":{"action":"x"}}', "\n\r\t\x0b", "\u2028\u202e\U0001f525", "\udcff\udcfe", "\\u0000\\", "%s%n" * 20]

    def once(self):
        name = self.random.choice(self.HOSTILE)
        arguments = ["nft", "add", "rule", "inet", "t", "names", "counter", "comment", '"x"', "#", name, "A" * self.random.choice([1, 4000, 131_000])]
        with self.space.inside():
            subprocess.run([os.fsencode(argument.encode("utf-8", "surrogateescape")) if "\udcff" in argument else argument for argument in arguments],
                           executable="/usr/sbin/nft", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if self.rounds % 20 == 19:
            self.space.run("nft flush chain inet t names")


class Sentinel(Load):
    """A change of the host's own firewall, a few times a second: each must be told. Its argument says which it is."""

    pause = 0.2

    def __init__(self, seed, space):
        super().__init__(seed, space)
        self.done = {}  # the mark: when it was done, by the clock

    def once(self):
        mark = f"sentinel-{self.rounds}"
        self.space.run(["nft", "add", "rule", "inet", "guard", "c", "counter", "comment", f'"{mark}"'])
        self.done[mark] = time.time()
        if self.rounds % 40 == 39:
            self.space.run("nft flush chain inet guard c")


HOST = "table inet guard { chain c { type filter hook input priority 0; policy drop; ct state established,related accept; tcp dport 22 accept; }; }"
SPACE = "table inet t { chain c { }; chain names { }; }"
