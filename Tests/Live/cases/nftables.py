"""nft: every kind of change to tables, chains, rules and sets."""
import os
import tempfile

from harness.counts import handles
from harness.netns import Netns
from harness.outcome import TIER, case, check, equal

BASE = """
table inet t {
    set s { type ipv4_addr; }
    chain c { counter; counter; counter; }
    chain in { type filter hook input priority 0; policy accept; counter; counter; }
}
table ip u { chain c { counter; counter; counter; counter; }; }
"""


def ready(t, text=BASE):
    t.prepare(["nft", "-f", "-"], input=text)


@case("adding a rule says which, where, and by whom", depends=TIER)
def add_rule(t):
    ready(t)
    change = t.change("nft add rule inet t c tcp dport 22 drop")
    handle = handles(t.ns, "inet", "t", "c")[-1]
    change.only("add-rule").op("add-rule", 1, family="inet", table="t", chain="c", handle=handle)
    equal(change.get("rules"), {"before": 9, "after": 10, "delta": 1}, "rules", [change.line])


@case("inserting a rule is adding one")
def insert_rule(t):
    ready(t)
    change = t.change("nft insert rule inet t in counter accept")
    handle = handles(t.ns, "inet", "t", "in")[0]
    change.only("add-rule").op("add-rule", 1, table="t", chain="in", handle=handle)


@case("replacing a rule moves no count")
def replace_rule(t):
    ready(t)
    handle = handles(t.ns, "inet", "t", "c")[1]
    change = t.change(f"nft replace rule inet t c handle {handle} accept")
    change.only("replace-rule").op("replace-rule", 1, family="inet", table="t", chain="c")
    equal(change.get("rules"), {"before": 9, "after": 9, "delta": 0}, "rules", [change.line])


@case("deleting a rule names its handle")
def delete_rule(t):
    ready(t)
    handle = handles(t.ns, "inet", "t", "c")[1]
    change = t.change(f"nft delete rule inet t c handle {handle}")
    change.only("delete-rule").op("delete-rule", 1, family="inet", table="t", chain="c", handle=handle)


@case("flushing a chain counts what it held")
def flush_chain(t):
    ready(t)
    change = t.change("nft flush chain inet t c")
    change.op("flush-chain", 3, family="inet", table="t", chain="c")
    change.only("flush-chain", "delete-rule")


@case("deleting a chain takes its rules with it")
def delete_chain(t):
    ready(t)
    change = t.change("nft delete chain inet t c")
    change.only("delete-chain", "delete-rule").op("delete-chain", 3, family="inet", table="t", chain="c")
    equal(change.get("rules.delta"), -3, "rules.delta", [change.line])
    t.prepare("nft flush chain inet t in")
    change = t.change("nft delete chain inet t in")
    change.only("delete-chain").op("delete-chain", family="inet", table="t", chain="in")
    equal(change.get("rules.delta"), 0, "rules.delta", [change.line])


@case("flushing and deleting a chain in one transaction is one line")
def flush_and_delete_chain(t):
    ready(t)
    change = t.change(["nft", "flush chain inet t in; delete chain inet t in"])
    change.op("delete-chain", table="t", chain="in")
    equal(change.get("rules.delta"), -2, "rules.delta", [change.line])


@case("flushing a table counts what it held")
def flush_table(t):
    ready(t)
    change = t.change("nft flush table inet t")
    change.op("flush-table", 5, family="inet", table="t")
    equal(change.get("rules.delta"), -5, "rules.delta", [change.line])


@case("deleting a table counts what it held")
def delete_table(t):
    ready(t)
    change = t.change("nft delete table ip u")
    change.op("delete-table", 4, family="ip", table="u")
    equal(change.get("rules.delta"), -4, "rules.delta", [change.line])


@case("flushing the ruleset: one line, every table named")
def flush_ruleset(t):
    ready(t)
    change = t.change("nft flush ruleset")
    change.op("flush-ruleset", 9)
    change.op("delete-table", 5, family="inet", table="t")
    change.op("delete-table", 4, family="ip", table="u")
    names = [op["op"] for op in change.line.ops()]
    check(names.index("flush-ruleset") < names.index("delete-table"), "flush-ruleset comes first", [change.line])
    equal(change.get("rules"), {"before": 9, "after": 0, "delta": -9}, "rules", [change.line])


@case("a chain policy says before and after")
def policy(t):
    ready(t)
    t.change(["nft", "chain inet t in { policy drop; }"]).policy("accept", "drop", family="inet", table="t", chain="in")
    t.change(["nft", "chain inet t in { policy accept; }"]).policy("drop", "accept", family="inet", table="t", chain="in")


@case("a table, a chain and a set are made")
def add_objects(t):
    t.change("nft add table inet n").only("add-table").op("add-table", family="inet", table="n")
    t.change("nft add chain inet n c").only("add-chain").op("add-chain", family="inet", table="n", chain="c")
    change = t.change(["nft", "add set inet n s { type ipv4_addr; }"])
    change.only("add-set").op("add-set", family="inet", table="n", set="s")
    t.change("nft delete set inet n s").only("delete-set").op("delete-set", table="n", set="s")


@case("set elements are added, deleted and flushed")
def elements(t):
    ready(t)
    change = t.change(["nft", "add element inet t s { 10.0.0.1, 10.0.0.2, 10.0.0.3 }"])
    change.only("add-elements").op("add-elements", 3, family="inet", table="t", set="s")
    equal(change.get("elements"), {"before": 0, "after": 3, "delta": 3}, "elements", [change.line])
    change = t.change(["nft", "delete element inet t s { 10.0.0.2 }"])
    change.only("delete-elements").op("delete-elements", 1, table="t", set="s")
    change = t.change("nft flush set inet t s")
    change.op("flush-set", 2, family="inet", table="t", set="s")
    equal(change.get("elements"), {"before": 2, "after": 0, "delta": -2}, "elements", [change.line])


@case("an interval is one element, as nft shows it")
def intervals(t):
    ready(t, "table inet t { set s { type ipv4_addr; flags interval; }; }")
    change = t.change(["nft", "add element inet t s { 10.0.0.0/8, 192.0.2.0/24, 203.0.113.7 }"])
    equal(change.get("elements.delta"), 3, "elements.delta", [change.line])
    change = t.change(["nft", "delete element inet t s { 192.0.2.0/24 }"])
    equal(change.get("elements.delta"), -1, "elements.delta", [change.line])


@case("a rule with an anonymous set adds a rule and no element")
def anonymous_set(t):
    ready(t)
    change = t.change(["nft", "add rule inet t c tcp dport { 22, 80, 443 } drop"])
    change.op("add-rule", 1, table="t", chain="c")
    equal(change.get("elements.delta", 0), 0, "elements.delta", [change.line])


@case("5,000 rules in one transaction are one line with exact counts", seconds=120)
def five_thousand(t):
    with tempfile.NamedTemporaryFile("w", suffix=".nft") as file:
        file.write("table inet big {\n chain c {\n" + "".join(f"  ip saddr 10.{n >> 8}.{n & 255}.1 drop\n" for n in range(5000)) + " }\n}\n")
        file.flush()
        os.chmod(file.name, 0o644)
        change = t.change(["nft", "-f", file.name])
    change.op("add-rule", 5000, family="inet", table="big", chain="c")
    equal(change.get("rules"), {"before": 0, "after": 5000, "delta": 5000}, "rules", [change.line])
    change = t.change("nft flush ruleset")
    change.op("flush-ruleset", 5000)
    equal(change.get("rules"), {"before": 5000, "after": 0, "delta": -5000}, "rules", [change.line])


@case("replacing the whole ruleset in one transaction counts both ways")
def reload(t):
    ready(t)
    change = t.change(["nft", "-f", "-"], input="flush ruleset\n" + BASE + "add rule ip u c drop\n")
    change.op("flush-ruleset", 9)
    equal(change.get("rules"), {"before": 9, "after": 10, "delta": 1}, "rules", [change.line])


@case("what nft only reads or checks gives no line")
def reading(t):
    ready(t)
    mark = t.daemon.mark()
    for argv in (["nft", "list", "ruleset"], ["nft", "-c", "flush ruleset"], ["nft", "list", "chain", "inet", "t", "c"]):
        t.run(argv)
    t.daemon.fence(t.ns)
    lines = t.daemon.since(mark, t.ns, "firewall-changed", "firewall-change-failed")
    check(not lines, "reading is no change, and no attempt", lines)


@case("a refused command of nft is one failed attempt", depends=TIER)
def refused(t):
    ready(t)
    t.prepare("nft add rule inet t in jump c")
    t.refused(["nft", "delete rule inet t in handle 1; delete chain inet t c"], code=1)
    t.change("nft add rule inet t c counter").op("add-rule", 1)


@case("the first change in a namespace made a moment ago is not missed", depends=TIER)
def fresh(t):
    for _ in range(5):
        ns = Netns()
        t.spaces.append(ns)
        t.change(["nft", "-f", "-"], ns, input="table inet t { chain c { counter; }; }").op("add-rule", 1, table="t", chain="c")


@case("the line of a change comes within 200 ms")
def latency(t):
    ready(t)
    waits = []
    for _ in range(20):
        change = t.change("nft add rule inet t c counter")
        waits.append(change.line.arrived - change.done.ended)
        check(0 <= change.get("latency_us") < 200_000 * t.patience, "latency_us is not plausible", [change.line])
    waits.sort()
    limit = 0.2 * t.patience
    check(waits[-2] < limit, f"the slowest of 20 lines came {waits[-1] * 1000:.0f} and {waits[-2] * 1000:.0f} ms after the command's end")
