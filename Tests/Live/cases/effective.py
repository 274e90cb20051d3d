"""The tricks that open a host and leave its rules standing: the figures of effective and blocking rules move."""
from harness.counts import handles
from harness.daemon import GOOD, watching
from harness.netns import Netns
from harness.outcome import TIER, case, check, equal
from harness.test import Change

# Six rules, all of them effective, three of which block.
HOST = """
table inet host {
    set blocked { type ipv4_addr; elements = { 192.0.2.1, 192.0.2.2 }; }
    chain guard { tcp dport 443 accept; tcp dport 23 drop; drop; }
    chain input {
        type filter hook input priority 0; policy accept;
        ct state established accept
        ip saddr @blocked drop
        jump guard
    }
}
"""


def told(change, before, after):
    """`before` and `after`: rules, effective rules, blocking rules."""
    for name, was, now in zip(("rules", "effective_rules", "blocking_rules"), before, after):
        equal(change.get(name), {"before": was, "after": now, "delta": now - was}, name, [change.line])
    return change


def ready(t, text=HOST):
    t.prepare(["nft", "-f", "-"], input=text)


def trick(t, argv, after, **options):
    ready(t)
    return told(t.change(argv, **options), (6, 6, 3), after)


@case("a table set dormant has no effective rule, and has them again when it wakes")
def dormant(t):
    trick(t, ["nft", "add table inet host { flags dormant; }"], (6, 0, 0)).op("table-dormant")
    told(t.change(["nft", "add table inet host"]), (6, 0, 0), (6, 6, 3)).op("table-awake")


@case("the one jump to the chain that enforces is deleted")
def jump(t):
    ready(t)
    handle = handles(t.ns, "inet", "host", "input")[2]
    told(t.change(f"nft delete rule inet host input handle {handle}"), (6, 6, 3), (5, 2, 1))


@case("an accept for all on top leaves one effective rule")
def accept_on_top(t):
    trick(t, "nft insert rule inet host input accept", (7, 1, 0))


@case("a mark, a counter and a log before the accept hide nothing")
def accept_with_statements(t):
    trick(t, ["nft", "insert rule inet host input counter meta mark set 1 log accept"], (7, 1, 0))


@case("a return on top of the chain that drops")
def return_on_top(t):
    trick(t, "nft insert rule inet host guard counter return", (7, 4, 1))


@case("a goto to an empty chain on top")
def goto_on_top(t):
    ready(t)
    t.prepare("nft add chain inet host aside")
    told(t.change("nft insert rule inet host input goto aside"), (6, 6, 3), (7, 1, 0))


@case("a drop is replaced by an accept, in its place")
def replaced(t):
    ready(t)
    for chain, index, before, after in (("guard", 2, (6, 6, 3), (6, 6, 2)), ("guard", 0, (6, 6, 2), (6, 4, 1)), ("input", 0, (6, 4, 1), (6, 1, 0))):
        handle = handles(t.ns, "inet", "host", chain)[index]
        told(t.change(f"nft replace rule inet host {chain} handle {handle} counter accept"), before, after)


@case("the set that a rule asks is emptied")
def emptied(t):
    trick(t, "nft flush set inet host blocked", (6, 5, 2))
    told(t.change(["nft", "add element inet host blocked { 192.0.2.7 }"]), (6, 5, 2), (6, 6, 3))
    told(t.change(["nft", "delete element inet host blocked { 192.0.2.7 }"]), (6, 6, 3), (6, 5, 2))


@case("the policy is turned: no rule moves, and the line names the policy")
def policy(t):
    trick(t, ["nft", "chain inet host input { policy drop; }"], (6, 6, 3)).policy("accept", "drop", table="host", chain="input")


@case("all rules are deleted, and as many useless ones added")
def useless(t):
    text = "flush chain inet host input\nflush chain inet host guard\nadd rule inet host input accept\n"
    text += "".join(f"add rule inet host input tcp dport {port} drop\n" for port in range(1, 6))
    trick(t, ["nft", "-f", "-"], (6, 1, 0), input=text)


@case("a second base chain at another priority takes nothing from the first")
def second_base_chain(t):
    text = "table inet host { chain early { type filter hook input priority -10; policy accept; accept; }; }"
    trick(t, ["nft", "-f", "-"], (7, 7, 3), input=text)


@case("the base chain is deleted, and the others stand there for nothing")
def hook_gone(t):
    ready(t)
    told(t.change(["nft", "flush chain inet host input; delete chain inet host input"]), (6, 6, 3), (3, 0, 0))


@case("an entry of a verdict map is deleted")
def verdict_map(t):
    ready(t)
    t.prepare(["nft", "-f", "-"], input="""
        table inet host {
            map by_port { type inet_service : verdict; elements = { 22 : jump guard, 80 : accept, 81 : drop }; }
        }
        flush chain inet host input
        add rule inet host input tcp dport vmap @by_port
    """)
    told(t.change(["nft", "delete element inet host by_port { 22 : jump guard }"]), (4, 4, 3), (4, 1, 1))
    told(t.change(["nft", "delete element inet host by_port { 81 : drop }"]), (4, 1, 1), (4, 1, 0))
    told(t.change("nft flush map inet host by_port"), (4, 1, 0), (4, 0, 0))


@case("sets and maps that belong to a rule are read with it")
def anonymous(t):
    ready(t)
    change = t.change(["nft", "add rule inet host guard tcp dport { 1, 2 } drop"])
    told(change, (6, 6, 3), (7, 6, 3))  # below the last drop
    told(t.change(["nft", "insert rule inet host input tcp dport vmap { 1 : drop, 2 : accept }"]), (7, 6, 3), (8, 7, 4))
    handle = handles(t.ns, "inet", "host", "input")[0]
    told(t.change(f"nft delete rule inet host input handle {handle}"), (8, 7, 4), (7, 6, 3))


@case("a chain that belongs to a rule is reached by it, and goes with it")
def bound_chain(t):
    ready(t)
    # nft does not list the rules of such a chain by themselves, so they are not counted against its list.
    done, lines, _ = t.changes(["nft", "insert rule inet host input tcp dport 5 jump { tcp sport 1 drop; tcp sport 2 accept; }"])
    told(Change(lines[0], done), (6, 6, 3), (9, 9, 4))
    handle = handles(t.ns, "inet", "host", "input")[0]
    done, lines, _ = t.changes(f"nft delete rule inet host input handle {handle}")
    told(Change(lines[0], done), (9, 9, 4), (6, 6, 3))


@case("rules put in at any place stand where the kernel has them")
def places(t):
    ready(t)
    first = handles(t.ns, "inet", "host", "input")[0]
    batch = f"add rule inet host input position {first} drop; add rule inet host input position {first} counter; insert rule inet host input counter"
    # established, counter, drop; before them a counter. The others are below the drop.
    told(t.change(["nft", batch]), (6, 6, 3), (9, 4, 1))
    handle = handles(t.ns, "inet", "host", "input")[3]
    told(t.change(f"nft delete rule inet host input handle {handle}"), (9, 4, 1), (8, 8, 3))


@case("a chain of a device meets packets while the device is there", seconds=90)
def device(t):
    ns = Netns()
    t.spaces.append(ns)
    done = ns.run("ip link add d0 type veth peer name d1", code=None)
    if done.code:
        t.skip(f"no veth devices: {done.err.strip()}")
    with watching(t, GOOD) as daemon:
        daemon.meet(ns)
        ns.run(["nft", "-f", "-"], input="table netdev edge { chain in { type filter hook ingress device d0 priority 0; drop; tcp dport 1 drop; }; }")
        daemon.fence(ns)
        mark = daemon.mark()
        ns.run("ip link del d0")
        gone = ns.counts()[0] == 0
        if gone:  # the kernel took the chain along, and notified nobody
            line = daemon.wait(lambda line: line.action == "model-drift" and line.netns == ns.id, mark, 5 * t.patience, "the chain that went with its device")
            told(Change(line, None), (2, 1, 1), (0, 0, 0))
            check("device" in line.get("event.reason"), "the reason", [line])
        mark = daemon.mark()
        ns.run("nft add table inet x")
        line = daemon.wait(lambda line: line.netns == ns.id, mark, 5 * t.patience, "the next change")
        after = line.get("wallwatch.change.effective_rules.after")
        check(after == 0 or after == 1 and not gone, f"{after} effective rules of a chain without a device", [line])


@case("iptables in nftables: an accept on top, and the chain unhooked from INPUT")
def iptables_nft(t):
    for tool in ("iptables-nft", "ip6tables-nft"):
        ns = t.netns()
        t.prepare(
            [tool, "-N", "mine"], [tool, "-A", "mine", "-p", "tcp", "--dport", "23", "-j", "DROP"], [tool, "-A", "mine", "-j", "REJECT"],
            [tool, "-A", "INPUT", "-m", "comment", "--comment", "to mine", "-j", "mine"], [tool, "-A", "INPUT", "-j", "DROP"], ns=ns)
        told(t.change([tool, "-I", "INPUT", "-j", "ACCEPT"], ns), (4, 3, 2), (5, 1, 0))
        told(t.change([tool, "-D", "INPUT", "1"], ns), (5, 1, 0), (4, 3, 2))
        told(t.change([tool, "-D", "INPUT", "1"], ns), (4, 3, 2), (3, 1, 1))


@case("legacy iptables: an accept on top, and the chain unhooked from INPUT", depends=TIER)
def iptables_legacy(t):
    for tool in ("iptables-legacy", "ip6tables-legacy"):
        ns = t.netns()
        done = ns.run([tool, "-S"], code=None)
        if done.code:
            t.skip(f"this kernel has no legacy tables: {done.err.strip()}")
        t.prepare(
            [tool, "-N", "mine"], [tool, "-A", "mine", "-p", "tcp", "--dport", "23", "-j", "DROP"], [tool, "-A", "mine", "-p", "tcp", "-j", "RETURN"],
            [tool, "-A", "mine", "-j", "DROP"], [tool, "-A", "INPUT", "-j", "mine"], [tool, "-A", "INPUT", "-j", "DROP"], ns=ns)
        told(t.change([tool, "-I", "INPUT", "-j", "ACCEPT"], ns, "xtables-legacy"), (5, 5, 3), (6, 1, 0))
        told(t.change([tool, "-D", "INPUT", "1"], ns, "xtables-legacy"), (6, 1, 0), (5, 5, 3))
        told(t.change([tool, "-D", "mine", "2"], ns, "xtables-legacy"), (5, 5, 3), (4, 3, 2))
        told(t.change([tool, "-D", "INPUT", "1"], ns, "xtables-legacy"), (4, 3, 2), (3, 1, 1))


@case("an ipset that a rule asks is emptied, filled and swapped", depends=TIER)
def ipset(t):
    probe = t.run(["ipset", "create", "bad", "hash:ip"], code=None)
    if probe.code:
        t.skip(f"this kernel has no ipset: {probe.err.strip()}")
    for tool in ("iptables-legacy", "iptables-nft"):
        done = t.run([tool, "-A", "INPUT", "-m", "set", "--match-set", "bad", "src", "-j", "DROP"], code=None)
        if done.code:
            continue
        t.prepare(["ipset", "add", "bad", "192.0.2.1"], ["ipset", "-exist", "create", "none", "hash:ip"])
        told(t.change("ipset flush bad", backend="ipset"), (1, 1, 1), (1, 0, 0))
        told(t.change("ipset add bad 192.0.2.1", backend="ipset"), (1, 0, 0), (1, 1, 1))
        told(t.change("ipset swap bad none", backend="ipset"), (1, 1, 1), (1, 0, 0))
        t.prepare([tool, "-F", "INPUT"], ["ipset", "flush"])
