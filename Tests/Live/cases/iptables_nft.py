"""iptables over nf_tables: the tool of most scripts, whose changes are nftables transactions."""
from harness.outcome import KERNEL, case, equal

TOOLS = (("iptables-nft", "ip"), ("ip6tables-nft", "ip6"))


def each(t):
    """Both address families, each in a namespace of its own."""
    for tool, family in TOOLS:
        ns = t.netns()
        t.prepare([tool, "-N", "mine"], *([tool, "-A", "INPUT", "-p", "tcp", "--dport", str(port), "-j", "DROP"] for port in (1, 2, 3)), ns=ns)
        yield tool, family, ns


@case("-A and -I add a rule")
def append(t):
    for tool, family, ns in each(t):
        t.change([tool, "-A", "INPUT", "-p", "tcp", "--dport", "22", "-j", "ACCEPT"], ns).op("add-rule", 1, family=family, table="filter", chain="INPUT")
        t.change([tool, "-I", "INPUT", "-j", "ACCEPT"], ns).only("add-rule").op("add-rule", 1, family=family, table="filter", chain="INPUT")


@case("the first -A in an empty namespace makes table, chain and rule in one line", depends=KERNEL)
def first(t):
    change = t.change("iptables-nft -A INPUT -j ACCEPT")
    change.op("add-table", family="ip", table="filter")
    change.op("add-chain", family="ip", table="filter", chain="INPUT")
    change.op("add-rule", 1, family="ip", table="filter", chain="INPUT")
    equal(change.get("rules"), {"before": 0, "after": 1, "delta": 1}, "rules", [change.line])


@case("-D deletes a rule")
def delete(t):
    for tool, family, ns in each(t):
        t.change([tool, "-D", "INPUT", "-p", "tcp", "--dport", "2", "-j", "DROP"], ns).only("delete-rule").op("delete-rule", 1, family=family, table="filter", chain="INPUT")
        t.change([tool, "-D", "INPUT", "1"], ns).only("delete-rule").op("delete-rule", 1, table="filter", chain="INPUT")


@case("-F CHAIN flushes one chain")
def flush(t):
    for tool, family, ns in each(t):
        change = t.change([tool, "-F", "INPUT"], ns)
        change.op("flush-chain", 3, family=family, table="filter", chain="INPUT")
        equal(change.get("rules"), {"before": 3, "after": 0, "delta": -3}, "rules", [change.line])


@case("-F flushes all chains of the table")
def flush_all(t):
    for tool, family, ns in each(t):
        t.prepare([tool, "-A", "mine", "-j", "RETURN"], ns=ns)
        change = t.change([tool, "-F"], ns)
        # Without a chain iptables asks the kernel for the whole table in one message.
        change.op("flush-table", 4, family=family, table="filter")


@case("-P changes a policy")
def policy(t):
    for tool, family, ns in each(t):
        t.change([tool, "-P", "INPUT", "DROP"], ns).policy("accept", "drop", family=family, table="filter", chain="INPUT")
        t.change([tool, "-P", "INPUT", "ACCEPT"], ns).policy("drop", "accept", family=family, table="filter", chain="INPUT")


@case("-N and -X make and delete a chain")
def chains(t):
    for tool, family, ns in each(t):
        t.change([tool, "-N", "other"], ns).op("add-chain", family=family, table="filter", chain="other")
        t.change([tool, "-X", "other"], ns).only("delete-chain").op("delete-chain", family=family, table="filter", chain="other")


@case("iptables-restore of 1,000 rules is one line", seconds=90)
def restore(t):
    for tool, family in TOOLS:
        ns, prefix = t.netns(), "10.1.%d.%d" if family == "ip" else "2001:db8::%d:%d"
        rules = "".join(f"-A INPUT -s {prefix % (n >> 8, n & 255)} -j DROP\n" for n in range(1000))
        text = "*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n" + rules + "COMMIT\n"
        change = t.change([tool + "-restore"], ns, input=text)
        change.op("add-rule", 1000, family=family, table="filter", chain="INPUT")
        equal(change.get("rules"), {"before": 0, "after": 1000, "delta": 1000}, "rules", [change.line])
        change = t.change([tool + "-restore"], ns, input="*filter\n-A INPUT -j ACCEPT\nCOMMIT\n")
        equal(change.get("rules"), {"before": 1000, "after": 1, "delta": -999}, "rules", [change.line])


@case("the plain name iptables is reported by the file it leads to")
def plain_name(t):
    change = t.change("/usr/sbin/iptables -w -A INPUT -j DROP", backend="nftables")
    invoked = change.line.get("wallwatch.process.invoked")
    equal(invoked, "/usr/sbin/iptables", "wallwatch.process.invoked", [change.line])
