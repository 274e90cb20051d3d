"""ebtables-legacy: the request points to what it asks for, so the table is read when the kernel took it."""
from harness.outcome import TIER, case, check, equal

TOOL = "ebtables-legacy"


def bridge(t):
    """A namespace whose filter table is registered and holds two rules and a chain."""
    ns = t.netns()
    done = ns.run([TOOL, "-L"], code=None)
    if done.code:
        t.skip(f"this kernel has no ebtables: {done.err.strip()}")
    t.prepare([TOOL, "-N", "mine"], [TOOL, "-A", "INPUT", "-p", "IPv4", "-j", "DROP"], [TOOL, "-A", "FORWARD", "-i", "eth7", "-j", "mine"], ns=ns)
    return ns


def told(t, ns, argv, rules):
    change = t.change([TOOL, *argv], ns, "ebtables")
    change.op("replace-table", rules, family="bridge", table="filter")
    return change


@case("ebtables: rules come and go", depends=TIER)
def rules(t):
    ns = bridge(t)
    told(t, ns, ["-A", "FORWARD", "-s", "02:00:00:00:00:01", "-j", "DROP"], 3).op("add-rule", 1, family="bridge", table="filter", chain="FORWARD")
    told(t, ns, ["-A", "mine", "-p", "ARP", "--arp-opcode", "1", "-j", "ACCEPT"], 4).op("add-rule", 1, family="bridge", table="filter", chain="mine")
    told(t, ns, ["-D", "INPUT", "1"], 3).op("delete-rule", 1, family="bridge", table="filter", chain="INPUT")
    change = told(t, ns, ["-F"], 0)
    equal(change.get("rules"), {"before": 3, "after": 0, "delta": -3}, "rules", [change.line])


@case("ebtables: policies and chains")
def chains(t):
    ns = bridge(t)
    told(t, ns, ["-P", "FORWARD", "DROP"], 2).policy("accept", "drop", family="bridge", table="filter", chain="FORWARD")
    told(t, ns, ["-N", "other"], 2).op("add-chain", family="bridge", table="filter", chain="other")
    told(t, ns, ["-P", "other", "DROP"], 2).policy("accept", "drop", family="bridge", table="filter", chain="other")
    told(t, ns, ["-X", "other"], 2).op("delete-chain", family="bridge", table="filter", chain="other")


@case("ebtables: what only reads, and counters, give no line")
def reading(t):
    ns = bridge(t)
    mark = t.daemon.mark()
    ns.run([TOOL, "-L", "--Lc"])
    ns.run([TOOL, "-C", "INPUT", "1", "7", "7", "-p", "IPv4", "-j", "DROP"], code=None)
    t.daemon.fence(ns)
    lines = t.daemon.since(mark, ns, "firewall-changed", "firewall-change-failed", "model-drift")
    # Changing counters is a replace to ebtables, too: then the table is as it was.
    check(all(line.get("wallwatch.change.rules.delta") == 0 for line in lines), "reading is no change", lines)


@case("ebtables: no module is loaded by looking")
def no_module(t):
    ns = bridge(t)
    with open("/proc/modules", encoding="ascii") as file:
        before = {line.split()[0] for line in file if line.startswith("ebtable_")}
    told(t, ns, ["-A", "INPUT", "-j", "ACCEPT"], 3)
    with open("/proc/modules", encoding="ascii") as file:
        after = {line.split()[0] for line in file if line.startswith("ebtable_")}
    equal(after, before, "the modules of ebtables' tables")
