"""Modules of the firewall that come after the daemon, and those that leave with rules in them.

Only in a machine of its own: here modules are unloaded.
"""
import contextlib
import os
import subprocess
import time

from harness.daemon import Daemon, is_fence
from harness.netns import Netns
from harness.outcome import TIER, case, check, equal
from harness.process import check_process
from harness.test import which

FIREWALL = ("nf_", "nft_", "nfnetlink", "ip_set", "xt_", "x_tables", "ebt_", "iptable_", "ip6table_", "ip_tables", "ip6_tables", "ebtable", "arptable_", "arp_tables", "ipt_", "ip6t_")
RULES = "table inet t { set s { type ipv4_addr; elements = { 1.2.3.4, 1.2.3.5 }; }; chain c { drop; drop; drop; }; }"


def loaded():
    with open("/proc/modules", encoding="ascii") as file:
        return {line.split()[0]: int(line.split()[2]) for line in file}


def firewall():
    return {name for name in loaded() if name.startswith(FIREWALL)}


def unload(*prefixes):
    """Unloads all such modules that nothing uses, and those that then are no more used."""
    while True:
        free = [name for name, users in loaded().items() if not users and name.startswith(prefixes)]
        if not [name for name in free if subprocess.run(["rmmod", name], capture_output=True).returncode == 0]:
            return


@contextlib.contextmanager
def machine(t):
    """The machine's modules are there again afterwards."""
    if not t.in_vm:
        t.skip("modules are unloaded in a virtual machine only")
    before = firewall()
    if "nf_tables" not in before:
        subprocess.run(["modprobe", "nf_tables"], check=False)
    if "nf_tables" not in loaded():
        t.skip("nf_tables is built into this kernel")
    try:
        yield
    finally:
        subprocess.run(["modprobe", "-a", *before], capture_output=True)
        t.daemon.fence()


@contextlib.contextmanager
def late_daemon(t):
    """A daemon that starts before any module of the firewall is there, and loads none."""
    with machine(t):
        deadline = time.monotonic() + 5 * t.patience
        # The other daemon's notification socket holds nfnetlink until it has heard that nf_tables is gone.
        while firewall() & {"nf_tables", "nfnetlink"} and time.monotonic() < deadline:
            unload(*FIREWALL)
            time.sleep(0.05)
        before = firewall()
        check("nf_tables" not in before and "nfnetlink" not in before, f"still loaded: {loaded()}")
        daemon = Daemon(t.binary, t.tier, t.patience)
        try:
            started = daemon.start()
            time.sleep(1.5)
            equal(firewall(), before, "the modules after the daemon's start", [started])
            equal(started.get("wallwatch.collector.tier.notifications"), "waiting for nf_tables", "the tier", [started])
            yield daemon
        finally:
            daemon.close()


def first(daemon, t, ns, argv, **options):
    """The line of the first change, attributed to who made it."""
    mark = daemon.mark()
    done = ns.run(argv, **options)
    wanted = lambda line: line.netns == ns.id and line.action in ("firewall-changed", "model-drift") and not is_fence(line)  # noqa: E731
    line = daemon.wait(wanted, mark, 5 * t.patience, f"firewall-changed for {done}")
    equal(line.action, "firewall-changed", "the action", daemon.lines[mark:])
    equal(line.get("wallwatch.change.attributed"), True, "attributed", [line])
    check_process(line, which(done.argv[0]), done.argv, done.pid, began=done.began)
    return line


def counts(line, rules, elements=(0, 0)):
    for name, (before, after) in (("rules", rules), ("elements", elements)):
        equal(line.get(f"wallwatch.change.{name}"), {"before": before, "after": after, "delta": after - before}, name, [line])


def no_drift(daemon, mark):
    lines = daemon.since(mark, None, "model-drift")
    check(not lines, "told by a look, not by who did it", lines)


@case("the change that loads nf_tables is told, and who made it", seconds=120)
def late_nftables(t):
    with late_daemon(t) as daemon:
        ns, other, mark = Netns(), Netns(), daemon.mark()
        t.spaces += [ns, other]
        counts(first(daemon, t, ns, ["nft", "-f", "-"], input=RULES), (0, 3), (0, 2))
        line = daemon.wait(lambda line: line.action == "collector-coverage-changed", mark, 5 * t.patience, "collector-coverage-changed")
        equal(line.get("wallwatch.collector.tier.notifications"), "full", "the tier", [line])
        counts(first(daemon, t, ns, ["nft", "add", "rule", "inet", "t", "c", "counter"]), (3, 4), (2, 2))
        counts(first(daemon, t, other, ["nft", "-f", "-"], input=RULES), (0, 3), (0, 2))
        counts(first(daemon, t, ns, ["nft", "flush", "ruleset"]), (4, 0), (2, 0))
        daemon.fence(ns)
        no_drift(daemon, mark)


@case("changes that follow the one that loads nf_tables are told in order, each with its author", seconds=120)
def late_burst(t):
    with late_daemon(t) as daemon:
        ns, mark = Netns(), daemon.mark()
        t.spaces.append(ns)
        deeds = ["nft -f -", *["nft add rule inet t c counter"] * 4, "nft delete rule inet t c handle 4", "nft add element inet t s {192.0.2.1}", "nft add rule inet t c counter"]
        ns.run(["sh", "-c", "; ".join(deeds).replace("{", "'{").replace("}", "}'")], input=RULES)
        daemon.fence(ns)
        no_drift(daemon, mark)
        lines = daemon.since(mark, ns, "firewall-changed")
        equal([line.get("process.command_line") for line in lines], deeds, "who did it", lines)
        check(all(line.get("wallwatch.change.attributed") for line in lines), "not attributed", lines)
        equal([line.get("wallwatch.change.rules.after") for line in lines], [3, 4, 5, 6, 7, 6, 6, 7], "rules.after", lines)
        equal([line.get("wallwatch.change.elements.after") for line in lines], [2, 2, 2, 2, 2, 2, 3, 3], "elements.after", lines)


@case("the first change after nf_tables was loaded by hand is told", seconds=120)
def late_by_hand(t):
    with late_daemon(t) as daemon:
        ns, mark = Netns(), daemon.mark()
        t.spaces.append(ns)
        subprocess.run(["modprobe", "nf_tables"], check=True)
        line = daemon.wait(lambda line: line.action == "collector-coverage-changed", mark, 5 * t.patience, "collector-coverage-changed")
        equal(line.get("wallwatch.collector.tier.notifications"), "full", "the tier", [line])
        counts(first(daemon, t, ns, ["nft", "-f", "-"], input=RULES), (0, 3), (0, 2))
        daemon.fence(ns)
        no_drift(daemon, mark)


@case("the changes that load ip_set and ip_tables are told, and who made them", seconds=180, depends=TIER)
def late_others(t):
    with late_daemon(t) as daemon:
        ns, mark = Netns(), daemon.mark()
        t.spaces.append(ns)
        line = first(daemon, t, ns, "ipset create s hash:ip")
        equal(line.get("wallwatch.change.backend"), "ipset", "backend", [line])
        counts(first(daemon, t, ns, "ipset add s 192.0.2.1"), (0, 0), (0, 1))
        line = first(daemon, t, ns, "iptables-legacy -A INPUT -j DROP")
        equal(line.get("wallwatch.change.backend"), "xtables-legacy", "backend", [line])
        counts(line, (0, 1), (1, 1))
        counts(first(daemon, t, ns, "ip6tables-legacy -A INPUT -j DROP"), (1, 2), (1, 1))
        no_drift(daemon, mark)


def unloading(t, mark, module, ns=None):
    def wanted(line):
        return line.action == "firewall-module-unloaded" and line.get("wallwatch.module.name") == module and line.netns == (ns and ns.id)

    return t.daemon.wait(wanted, mark, 5 * t.patience, f"firewall-module-unloaded of {module}")


@case("a module that leaves with a policy tells what went, where, and who unloaded it", seconds=120)
def leaving_filter(t):
    with machine(t):
        # A rule in a legacy table keeps its module in use; a policy does not.
        t.prepare("iptables-legacy -P FORWARD DROP", "ip6tables-legacy -A INPUT -j DROP")
        bare = t.netns()
        bare.run("iptables-legacy -S")  # the table is there, and says nothing
        t.daemon.fence(bare)
        mark = t.daemon.mark()
        done = t.run(["rmmod", "iptable_filter"])
        line = unloading(t, mark, "iptable_filter", t.ns)
        counts(line, (1, 1))
        ops = [(op["op"], op.get("family"), op.get("table"), op.get("chain")) for op in line.ops()]
        equal(ops, [("module-unload", None, None, None), ("delete-table", "ip", "filter", None), ("policy", "ip", "filter", "FORWARD")], "operations", [line])
        equal(line.ops()[-1]["policy"], {"before": "drop"}, "the policy", [line])
        equal(line.get("wallwatch.change.backend"), "module", "backend", [line])
        check_process(line, which("rmmod"), done.argv, done.pid)
        t.daemon.fence(t.ns)
        lines = t.daemon.since(mark, None, "firewall-module-unloaded")
        equal(len(lines), 1, "lines of it", lines)
        t.ns.counted = (1, 0)
        # The table is made again, by the first who asks for it.
        t.change("iptables-legacy -A INPUT -j ACCEPT", backend="xtables-legacy").op("add-rule", 1, table="filter", chain="INPUT")
        no_drift(t.daemon, mark)


@case("a module that takes nothing with it is a plain line", seconds=120)
def leaving_plain(t):
    with machine(t):
        t.prepare("ipset create s hash:ip", "ipset destroy s")
        mark = t.daemon.mark()
        t.run(["rmmod", "ip_set_hash_ip"])
        line = unloading(t, mark, "ip_set_hash_ip")
        check(line.get("wallwatch.change") is None, "nothing was changed", [line])
        check(line.get("process.name") in ("rmmod", "kmod"), "process.name", [line])


@case("nf_tables leaves with tables and sets, comes back, and the first change is told", seconds=180)
def leaving_nftables(t):
    with machine(t):
        ns, bare = t.ns, t.netns()
        # Rules would keep the module; sets and chains do not.
        t.prepare(["nft", "-f", "-"], input="table inet t { set s { type ipv4_addr; elements = { 1.2.3.4, 1.2.3.5 }; }; chain i { type filter hook input priority 0; policy drop; }; }")
        for _ in range(3):  # the generation is to be well above what the next life begins with
            t.prepare("nft add table inet x", "nft delete table inet x")
        mark = t.daemon.mark()
        unload("nft_", "nf_tables")
        check("nf_tables" not in loaded(), f"nf_tables is held: {loaded()}")
        line = unloading(t, mark, "nf_tables", ns)
        counts(line, (0, 0), (2, 0))
        equal([op["op"] for op in line.ops()], ["module-unload", "delete-table", "policy"], "operations", [line])
        check(line.get("process.name") in ("rmmod", "kmod"), "process.name", [line])
        waiting = t.daemon.wait(lambda line: line.action == "collector-coverage-changed", mark, 5 * t.patience, "collector-coverage-changed")
        equal(waiting.get("wallwatch.collector.tier.notifications"), "waiting for nf_tables", "the tier", [waiting])
        mark = t.daemon.mark()
        counts(first(t.daemon, t, ns, ["nft", "-f", "-"], input=RULES), (0, 3), (0, 2))
        counts(first(t.daemon, t, bare, ["nft", "-f", "-"], input=RULES), (0, 3), (0, 2))
        counts(first(t.daemon, t, ns, ["nft", "delete", "table", "inet", "t"]), (3, 0), (2, 0))
        t.daemon.fence(ns)
        no_drift(t.daemon, mark)
