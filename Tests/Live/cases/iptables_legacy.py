"""Legacy x_tables: each command replaces a whole table; the difference says what was meant."""
import socket

from harness.outcome import TIER, case, check, equal

TOOLS = (("iptables-legacy", "ip"), ("ip6tables-legacy", "ip6"))
ANSWERED = ("full", "kprobe")  # tiers that see the kernel's answer
BACKEND = "xtables-legacy"


def each(t):
    """Both address families, each in a namespace of its own whose filter table is registered and holds three rules."""
    for tool, family in TOOLS:
        ns = t.netns()
        done = ns.run([tool, "-S"], code=None)
        if done.code:
            t.skip(f"this kernel has no legacy tables: {done.err.strip()}")
        t.prepare([tool, "-N", "mine"], *([tool, "-A", "INPUT", "-p", "tcp", "--dport", str(port), "-j", "DROP"] for port in (1, 2, 3)), ns=ns)
        yield tool, family, ns


def replaced(t, ns, argv, family, rules, **options):
    """One line for one replace, whose count is the rules the table holds after it."""
    change = t.change(argv, ns, BACKEND, **options)
    change.op("replace-table", rules, family=family, table="filter")
    return change


def derived(change, name, count=None, **fields):
    """Where the daemon says more than `replace-table`, it says this."""
    if {op["op"] for op in change.line.ops()} != {"replace-table"}:
        change.op(name, count, table="filter", **fields)


@case("-A and -I add a rule", depends=TIER)
def append(t):
    for tool, family, ns in each(t):
        change = replaced(t, ns, [tool, "-A", "INPUT", "-p", "tcp", "--dport", "22", "-j", "ACCEPT"], family, 4)
        derived(change.only("replace-table", "add-rule"), "add-rule", 1, family=family, chain="INPUT")
        change = replaced(t, ns, [tool, "-I", "INPUT", "-j", "ACCEPT"], family, 5)
        derived(change.only("replace-table", "add-rule"), "add-rule", 1, family=family, chain="INPUT")


@case("-D deletes a rule")
def delete(t):
    for tool, family, ns in each(t):
        change = replaced(t, ns, [tool, "-D", "INPUT", "-p", "tcp", "--dport", "2", "-j", "DROP"], family, 2)
        derived(change.only("replace-table", "delete-rule"), "delete-rule", 1, family=family, chain="INPUT")
        change = replaced(t, ns, [tool, "-D", "INPUT", "1"], family, 1)
        derived(change.only("replace-table", "delete-rule"), "delete-rule", 1, family=family, chain="INPUT")


@case("-F CHAIN flushes one chain, -F all")
def flush(t):
    for tool, family, ns in each(t):
        t.prepare([tool, "-A", "mine", "-j", "RETURN"], ns=ns)
        change = replaced(t, ns, [tool, "-F", "INPUT"], family, 1)
        derived(change, "flush-chain", 3, family=family, chain="INPUT")
        equal(change.get("rules"), {"before": 4, "after": 1, "delta": -3}, "rules", [change.line])
        t.prepare([tool, "-A", "INPUT", "-j", "DROP"], ns=ns)
        change = replaced(t, ns, [tool, "-F"], family, 0)
        equal(change.get("rules"), {"before": 2, "after": 0, "delta": -2}, "rules", [change.line])


@case("-P changes a policy")
def policy(t):
    for tool, family, ns in each(t):
        change = replaced(t, ns, [tool, "-P", "FORWARD", "DROP"], family, 3)
        change.policy("accept", "drop", family=family, table="filter", chain="FORWARD")
        change = replaced(t, ns, [tool, "-P", "FORWARD", "ACCEPT"], family, 3)
        change.policy("drop", "accept", family=family, table="filter", chain="FORWARD")


@case("-N and -X make and delete a chain")
def chains(t):
    for tool, family, ns in each(t):
        derived(replaced(t, ns, [tool, "-N", "other"], family, 3), "add-chain", family=family, chain="other")
        derived(replaced(t, ns, [tool, "-X", "other"], family, 3), "delete-chain", family=family, chain="other")


@case("a restore of 1,000 rules is one line", seconds=90, depends=TIER)
def restore(t):
    for tool, family, ns in each(t):
        prefix = "10.1.%d.%d" if family == "ip" else "2001:db8::%d:%d"
        rules = "".join(f"-A INPUT -s {prefix % (n >> 8, n & 255)} -j DROP\n" for n in range(1000))
        text = "*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n" + rules + "COMMIT\n"
        change = replaced(t, ns, [tool + "-restore"], family, 1000, input=text)
        equal(change.get("rules"), {"before": 3, "after": 1000, "delta": 997}, "rules", [change.line])
        change = replaced(t, ns, [tool + "-restore"], family, 1, input="*filter\n-A INPUT -j ACCEPT\nCOMMIT\n")
        equal(change.get("rules"), {"before": 1000, "after": 1, "delta": -999}, "rules", [change.line])


@case("a table that no one had touched appears with its first rule")
def unregistered(t):
    for tool, family in TOOLS:
        ns, mark = t.netns(), t.daemon.mark()
        done = ns.run([tool, "-A", "INPUT", "-j", "DROP"], code=None)
        if done.code:
            t.skip(f"this kernel has no legacy tables: {done.err.strip()}")
        # Registering the table may be a line of its own: the sum is what counts.
        t.daemon.wait(lambda line: line.netns == ns.id and line.get("wallwatch.change.rules.after") == 1, mark, 3 * t.patience, f"the rule of {done}")
        t.daemon.fence(ns)
        lines = t.daemon.since(mark, ns, "firewall-changed")
        equal(sum(line.get("wallwatch.change.rules.delta") for line in lines), 1, "the sum of the deltas", lines)


@case("nft and legacy rules of one namespace are counted together", depends=TIER)
def together(t):
    for tool, family, ns in each(t):
        t.prepare(["nft", "-f", "-"], ns=ns, input="table inet t { chain c { counter; counter; }; }")
        change = replaced(t, ns, [tool, "-D", "INPUT", "1"], family, 2)
        equal(change.get("rules"), {"before": 5, "after": 4, "delta": -1}, "rules", [change.line])
        change = t.change("nft flush ruleset", ns)
        equal(change.get("rules"), {"before": 4, "after": 2, "delta": -2}, "rules", [change.line])


@case("a command that only reads gives no line")
def reading(t):
    for tool, _, ns in each(t):
        mark = t.daemon.mark()
        ns.run([tool, "-S"])
        ns.run([tool + "-save"])
        t.daemon.fence(ns)
        lines = t.daemon.since(mark, ns, "firewall-changed", "firewall-change-failed")
        check(not lines, "reading is no change", lines)


def first(t):
    """A namespace with the three rules of `each`, for iptables-legacy alone."""
    return next(each(t))[2]


def quiet(t, ns, mark, *actions):
    """No line of these came in the namespace, also when a table that was let alone has been checked."""
    t.daemon.fence(ns)
    lines = t.daemon.since(mark, ns, "model-drift", *actions)
    check(not lines, "a line that nobody caused", lines)


@case("two replaces by two processes, one right after the other, are two lines", depends=TIER)
def two_quick(t):
    ns, mark = first(t), t.daemon.mark()
    done, lines, _ = t.changes(["/usr/bin/python3", t.deed("legacy_replace.py"), "two"], ns)
    equal([line.get("process.pid") for line in lines], [int(pid) for pid in done.out.split()], "who replaced it, in order", lines)
    for line, chain in zip(lines, ("INPUT", "FORWARD")):
        policies = [(op["chain"], op["policy"]) for op in line.ops() if op["op"] == "policy"]
        equal(policies, [(chain, {"before": "accept", "after": "drop"})], "the policies each changed", lines)
    quiet(t, ns, mark)


@case("what is told of a request is what the kernel took, whatever a thread makes of it meanwhile", seconds=60, depends=TIER)
def rewritten(t):
    ns, mark = first(t), t.daemon.mark()
    _, lines, _ = t.changes([t.deed("legacy_race"), "1"], ns)
    if any(line.get("wallwatch.change.request") is None for line in lines):
        t.skip("another program of cgroup/setsockopt here has the kernel read requests again")
    mark = t.daemon.mark()
    before = "drop" if "-P INPUT DROP" in ns.run(["iptables-legacy", "-S"]).out else "accept"
    done, lines, _ = t.changes([t.deed("legacy_race"), "400"], ns)
    told = []
    for line in lines:
        policies = [op["policy"]["after"] for op in line.ops() if op["op"] == "policy"]
        before = policies[0] if policies else before
        told.append(before[0])
    equal("".join(told), done.out, "the policies", lines[:1])
    quiet(t, ns, mark)


@case("a replace that the kernel refuses is told with the reason, where the answer is seen", depends=TIER)
def refused(t):
    ns = first(t)
    change = t.refused(["iptables-legacy", "-A", "INPUT", "-j", "MASQUERADE"], ns)
    change.op("replace-table", family="ip", table="filter")
    if t.tier in ANSWERED:
        equal(change.get("errno"), 22, "errno", [change.line])
    change = t.refused(["/usr/bin/python3", t.deed("legacy_replace.py"), "stale"], ns, code=11)
    if t.tier in ANSWERED:
        equal(change.get("errno"), 11, "errno", [change.line])


@case("a replace by a 32-bit program is told, where the end of the call is seen", depends=TIER)
def compat(t):
    ns = first(t)
    if t.tier not in ANSWERED:
        t.skip("programs of cgroup/setsockopt are not run for 32-bit callers")
    done = ns.run([t.deed("legacy32")], code=None)
    if done.code:
        t.skip(f"this kernel takes no legacy tables of 32-bit programs: {done.err.strip()}")
    t.prepare(["iptables-legacy", "-A", "INPUT", "-j", "DROP"], ns=ns)
    change = replaced(t, ns, [t.deed("legacy32")], "ip", 0)
    derived(change, "delete-rule", 1, family="ip", chain="INPUT")


@case("arptables-legacy has lines of its own", depends=TIER)
def arptables(t):
    ns = t.netns()
    tool = "arptables-legacy"
    done = ns.run([tool, "-nL"], code=None)
    if done.code:
        t.skip(f"this kernel has no arp tables: {done.err.strip()}")
    t.prepare([tool, "-N", "mine"], ns=ns)

    def told(argv, rules):
        change = t.change(argv, ns, "arptables")
        change.op("replace-table", rules, family="arp", table="filter")
        return change

    told([tool, "-A", "INPUT", "-s", "192.0.2.1", "-j", "DROP"], 1).op("add-rule", 1, family="arp", chain="INPUT")
    told([tool, "-A", "mine", "-j", "ACCEPT"], 2).op("add-rule", 1, family="arp", chain="mine")
    told([tool, "-P", "OUTPUT", "DROP"], 2).policy("accept", "drop", family="arp", table="filter", chain="OUTPUT")
    told([tool, "-F"], 0)
    told([tool, "-X", "mine"], 0).op("delete-chain", family="arp", chain="mine")


@case("an option larger than a page is set as if nobody watched", depends=TIER)
def large_option(t):
    # The kernel takes the first four bytes. A program on setsockopt that hands a large option back made it fail before 6.4.
    with socket.socket() as here:
        here.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, (1).to_bytes(4, "little") + bytes(8188))
        check(here.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR), "the option was not set")
