"""500 changes over all backends, in an order a seed decides: the daemon's counts against a model and against the tools."""
import os
import random

from harness.outcome import case, check, equal

SEED = int(os.environ.get("WALLWATCH_SEED", "20250217"))
STEPS = 500
NFT = "table inet w { set s { type ipv4_addr; }; chain c { }; }"


class Walk:
    """Knows what each backend must hold; every step does a random change and returns whether any count moved."""

    def __init__(self, t, random):
        self.t, self.ns, self.random = t, t.ns, random
        self.rules = {name: 0 for name in ("nft", "iptables-nft", "ip6tables-nft", "iptables-legacy", "ip6tables-legacy")}
        self.handles = []
        self.sets = {"nft": set(), "ipset": set()}
        self.tools = [name for name in self.rules if name != "nft"]

    def totals(self):
        return sum(self.rules.values()), sum(map(len, self.sets.values()))

    def step(self):
        before = self.totals()
        self.random.choice((self.nft_rule, self.nft_rule, self.nft_many, self.nft_element, self.tool, self.tool, self.tool, self.ipset, self.rare))()
        return before != self.totals()

    def nft(self, text, *options):
        return self.ns.run(["nft", *options, "-f", "-"], input=text + "\n").out

    def nft_rule(self):
        kind = self.random.choice(("add", "insert", "delete", "replace"))
        if kind in ("add", "insert") or not self.handles:
            out = self.nft(f"{'insert' if kind == 'insert' else 'add'} rule inet w c tcp dport {self.random.randrange(1, 65535)} drop", "-e", "-a")
            self.handles.append(out.rsplit("# handle ", 1)[1].split()[0])
        elif kind == "delete":
            self.nft(f"delete rule inet w c handle {self.handles.pop(self.random.randrange(len(self.handles)))}")
        else:
            position = self.random.randrange(len(self.handles))
            out = self.nft(f"replace rule inet w c handle {self.handles[position]} counter", "-e", "-a")
            self.handles[position] = out.rsplit("# handle ", 1)[1].split()[0]
        self.rules["nft"] = len(self.handles)

    def nft_many(self):
        """Some added and some deleted in one transaction."""
        gone = [self.handles.pop() for _ in range(min(len(self.handles), self.random.randrange(0, 8)))]
        text = [f"delete rule inet w c handle {handle}" for handle in gone]
        text += ["add rule inet w c counter"] * self.random.randrange(1, 12)
        out = self.nft("\n".join(text), "-e", "-a")
        # 5.10 echoes no NLM_F_APPEND, and nft then says "insert" of what it added.
        made = [line for line in out.splitlines() if line.startswith(("add rule", "insert rule"))]
        self.handles += [line.rsplit("# handle ", 1)[1].split()[0] for line in made]
        self.rules["nft"] = len(self.handles)

    def element(self, members):
        """An address that is in the set, or one that is not."""
        if members and self.random.random() < 0.45:
            return "delete", self.random.choice(sorted(members))
        fresh = f"10.{self.random.randrange(256)}.{self.random.randrange(256)}.1"
        return ("delete" if fresh in members else "add"), fresh

    def nft_element(self):
        verb, address = self.element(self.sets["nft"])
        self.nft(f"{verb} element inet w s {{ {address} }}")
        self.sets["nft"] ^= {address}

    def ipset(self):
        verb, address = self.element(self.sets["ipset"])
        self.ns.run(["ipset", {"add": "add", "delete": "del"}[verb], "w", address])
        self.sets["ipset"] ^= {address}

    def tool(self):
        name = self.random.choice(self.tools)
        if self.rules[name] and self.random.random() < 0.45:
            self.ns.run([name, "-D", "INPUT", str(self.random.randrange(1, self.rules[name] + 1))])
            self.rules[name] -= 1
        else:
            self.ns.run([name, self.random.choice(("-A", "-I")), "INPUT", "-p", "tcp", "--dport", str(self.random.randrange(1, 65535)), "-j", "DROP"])
            self.rules[name] += 1

    def rare(self):
        kind = self.random.randrange(6)
        if kind == 0:
            self.ns.run(["ipset", "flush", "w"])
            self.sets["ipset"].clear()
        elif kind == 1:
            self.nft("flush set inet w s")
            self.sets["nft"].clear()
        elif kind == 2:
            name = self.random.choice(self.tools)
            self.ns.run([name, "-F", "INPUT"])
            self.rules[name] = 0
        elif kind == 3:
            self.ns.run(["/usr/bin/python3", self.t.deed("raw_netlink.py"), "flush-table", "inet", "w"])
            self.handles, self.rules["nft"] = [], 0
        elif kind == 4:
            self.nft("delete table inet w\n" + NFT)
            self.handles, self.rules["nft"] = [], 0
            self.sets["nft"].clear()
        else:
            self.ns.run(["iptables-nft", "-P", "INPUT", self.random.choice(("DROP", "ACCEPT"))])


@case(f"{STEPS} random changes with seed {SEED}: every line adds up, follows the one before, and tells the truth", seconds=300)
def walk(t):
    walk = Walk(t, random.Random(SEED))
    walk.nft(NFT)
    walk.ns.run(["iptables-nft", "-N", "made-first"])
    for tool in [name for name in walk.tools if "legacy" in name]:
        if walk.ns.run([tool, "-S"], code=None).code:
            walk.tools.remove(tool)
    if walk.ns.run(["ipset", "create", "w", "hash:ip"], code=None).code:
        walk.ipset = walk.nft_element
    t.daemon.fence(t.ns)
    mark, expected = t.daemon.mark(), []
    for step in range(1, STEPS + 1):
        if walk.step():
            expected.append(walk.totals())
        if step % 100 == 0:
            t.daemon.fence(t.ns)
            compare(t, mark, expected)
            equal(walk.ns.counts(), walk.totals(), f"the walk's own model after step {step}")
    lines = t.daemon.since(mark, t.ns, "firewall-changed")
    equal(lines[-1].get("wallwatch.change.rules.after"), t.ns.counts()[0], "the last `after`", lines[-1:])


def compare(t, mark, expected):
    """The lines that moved a count against the model: the same totals, in the same order."""
    found, rules, elements, last = [], 0, 0, None
    for line in t.daemon.since(mark, t.ns, "firewall-changed"):
        moved = 0
        for name, before in (("rules", rules), ("elements", elements)):
            count = line.get(f"wallwatch.change.{name}")
            if count:
                equal(count["before"], before, f"{name}.before, where the line before ended", [last or line, line])
                moved += abs(count["delta"])
        rules = line.get("wallwatch.change.rules.after", rules)
        elements = line.get("wallwatch.change.elements.after", elements)
        last = line
        # A command may flush and fill at once: what moved and came back is no step of the model.
        if moved:
            found.append((rules, elements))
            position = len(found) - 1
            check(position < len(expected), "a line more than there were changes", [line])
            equal(found[position], expected[position], f"(rules, elements) after change {position + 1}", [line])
    equal(len(found), len(expected), "the number of lines that moved a count", [last] if last else [])
