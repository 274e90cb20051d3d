"""ipset: changes that the kernel neither audits nor notifies."""
from harness.outcome import TIER, case, equal

BACKEND = "ipset"


def ready(t):
    probe = t.ns.run(["ipset", "create", "s", "hash:ip"], code=None)
    if probe.code:
        t.skip(f"this kernel has no ipset: {probe.err.strip()}")
    t.prepare(*(["ipset", "add", "s", f"10.0.0.{n}"] for n in (1, 2, 3)), ["ipset", "create", "other", "hash:ip"], ["ipset", "add", "other", "10.9.9.9"])


@case("create makes a set")
def create(t):
    ready(t)
    t.change("ipset create fresh hash:net", backend=BACKEND).only("add-set").op("add-set", set="fresh")


@case("add and del move the elements by one", depends=TIER)
def add_and_delete(t):
    ready(t)
    change = t.change("ipset add s 10.0.0.9", backend=BACKEND)
    change.only("add-elements").op("add-elements", 1, set="s")
    equal(change.get("elements"), {"before": 4, "after": 5, "delta": 1}, "elements", [change.line])
    change = t.change("ipset del s 10.0.0.1", backend=BACKEND)
    change.only("delete-elements").op("delete-elements", 1, set="s")


@case("flush empties one set and counts what it held", depends=TIER)
def flush(t):
    ready(t)
    change = t.change("ipset flush s", backend=BACKEND)
    change.op("flush-set", 3, set="s")
    equal(change.get("elements"), {"before": 4, "after": 1, "delta": -3}, "elements", [change.line])


@case("flush without a name empties all sets")
def flush_all(t):
    ready(t)
    change = t.change("ipset flush", backend=BACKEND)
    change.op("flush-set", 4)
    equal(change.get("elements"), {"before": 4, "after": 0, "delta": -4}, "elements", [change.line])


@case("swap moves no count, and what is flushed after it is the other set", depends=TIER)
def swap(t):
    ready(t)
    change = t.change("ipset swap s other", backend=BACKEND)
    change.only("swap-set").op("swap-set")
    equal(change.get("elements.delta", 0), 0, "elements.delta", [change.line])
    t.change("ipset flush s", backend=BACKEND).op("flush-set", 1, set="s")


@case("destroy deletes a set with its elements")
def destroy(t):
    ready(t)
    change = t.change("ipset destroy s", backend=BACKEND)
    change.op("delete-set", set="s")
    equal(change.get("elements"), {"before": 4, "after": 1, "delta": -3}, "elements", [change.line])


@case("a restore of 200 entries adds up, in however many messages it was sent", depends=TIER)
def restore(t):
    ready(t)
    before = t.ns.counted
    text = "create many hash:ip\n" + "".join(f"add many 10.7.{n >> 6}.{n & 63}\n" for n in range(200))
    _, lines, _ = t.changes(["ipset", "restore"], input=text)
    equal(sum(line.get("wallwatch.change.elements.delta", 0) for line in lines), 200, "the sum of the deltas", lines)
    equal(lines[-1].get("wallwatch.change.elements.after"), t.ns.counts()[1], "the last `after`", lines)
    equal(lines[0].get("wallwatch.change.elements.before", before[1]), before[1], "the first `before`", lines)


@case("adding what is there already is refused and counts nothing")
def refused(t):
    ready(t)
    t.refused("ipset add s 10.0.0.1", code=1)


@case("a set that rules use is refused its end", depends=TIER)
def busy(t):
    ready(t)
    t.prepare(["iptables-nft", "-A", "INPUT", "-m", "set", "--match-set", "s", "src", "-j", "DROP"])
    t.refused("ipset destroy s", code=1)
