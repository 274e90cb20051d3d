"""What rules say: in the words of nft or iptables-save, also when they are gone."""
import contextlib
import os
import signal
import time

from harness.daemon import watching
from harness.netns import Netns
from harness.outcome import case, check, equal


def wordy(function):
    """Words need a listing within milliseconds; they do not depend on the kernel."""

    def run(t):
        if t.in_vm:
            t.skip("an emulated machine takes a tenth of a second to list a rule: its lines have summaries")
        return function(t)

    run.__module__ = function.__module__
    return run


BASE = """table inet t {
  set s { type ipv4_addr; elements = { 192.0.2.1, 192.0.2.2 }; }
  chain c { type filter hook input priority 0; policy drop;
    ip saddr { 192.0.2.1, 192.0.2.2, 192.0.2.3, 192.0.2.4, 192.0.2.5, 192.0.2.6 } counter drop
    tcp dport vmap { 22 : accept, 23 : drop } comment "a # handle 9"
    ip saddr @s accept
    ct state established,related accept
  }
}"""


def shown(ns, *what):
    """What nft prints of each rule, by handle."""
    out = ns.run(["nft", "-a", "-s", "list", *(what or ("ruleset",))]).out
    rules = {}
    for line in out.splitlines():
        words, mark, handle = line.strip().rpartition(" # handle ")
        if mark and not words.endswith("{"):
            rules[handle] = words
    return rules


def saved(ns, program, chain):
    return [line for line in ns.run([program]).out.splitlines() if line.startswith(f"-A {chain} ")]


def words(line):
    """Every rule that a change names, over its operations: (op, rule, rule_before, form)."""
    found = []
    for op in line.ops():
        for rule in op.get("rules", [op]):
            if "rule" in rule:
                found.append((op["op"], rule["rule"], rule.get("rule_before"), rule["rule_form"]))
    return found


def one(change):
    found = words(change.line)
    equal(len(found), 1, "rules in words", [change.line])
    return found[0]


@case("a rule that went, came, was replaced: as nft lists it")
@wordy
def nft(t):
    t.prepare(["nft", "-f", "-"], input=BASE)
    for handle, rule in shown(t.ns).items():
        equal(one(t.change(["nft", "delete", "rule", "inet", "t", "c", "handle", handle])), ("delete-rule", rule, None, "nft"), "what went")
    for rule in ('tcp dport { 22, 443 } counter accept comment "it\'s {#}"', 'ip saddr 10.0.0.0/8 log prefix "x y" drop', "meta mark set 0x00000001", "udp dport 53 limit rate 5/second accept"):
        change = t.change(["nft", "add", "rule", "inet", "t", "c", *([rule] if "'" not in rule else [rule])])
        handle = change.ops()[0]["handle"]
        equal(one(change), ("add-rule", shown(t.ns)[handle], None, "nft"), "what came")
        before = shown(t.ns)[handle]
        change = t.change(["nft", "replace", "rule", "inet", "t", "c", "handle", handle, "ip daddr 192.0.2.9 drop"])
        equal(one(change), ("replace-rule", "ip daddr 192.0.2.9 drop", before, "nft"), "what was replaced")


@case("a flushed chain and a deleted table say every rule that went; what finds no room follows")
@wordy
def flushed(t):
    t.prepare(["nft", "-f", "-"], input=BASE)
    rules = sorted(shown(t.ns).values())
    change = t.change(["nft", "flush", "chain", "inet", "t", "c"])
    equal(sorted(rule for _, rule, _, form in words(change.line) if form == "nft"), rules, "rules of the flushed chain", [change.line])
    many = "".join(f"add rule inet t c ip saddr 192.0.2.{n % 250} tcp dport {n} counter drop\n" for n in range(1, 301))
    t.prepare(["nft", "-f", "-"], input=many)
    rules = sorted(shown(t.ns).values())
    equal(len(rules), 300, "rules that stand")
    change = t.change(["nft", "delete", "table", "inet", "t"])
    found = words(change.line) + [rule for line in change.details for rule in words(line)]
    equal(sorted(rule for _, rule, _, form in found if form == "nft"), rules, "rules of the deleted table", [change.line, *change.details])


@case("names that nft could not read, and comments that look like rules")
@wordy
def hostile(t):
    t.prepare(["nft", "-f", "-"], input="table inet t { chain c { accept; }; }")
    deed = ["/usr/bin/python3", "-c", "import sys; sys.path.insert(0, sys.argv[1]); from raw_netlink import *; exec(sys.argv[2])", os.path.join(os.path.dirname(__file__), "..", "deeds")]
    for table, chain in (("drop", "accept"), ("a b", "c;d"), ("x; flush ruleset", "y"), ("t{", "}")):
        done = t.run([*deed, f"raise SystemExit(send(Batch('inet').add_table({table!r}).add_chain({table!r}, {chain!r}).bytes()))"], code=None)
        equal(done.code, 0, f"table {table!r} could not be made: {done}")
        t.prepare()
        _, lines, _ = t.changes([*deed, f"raise SystemExit(send(Batch('inet').add_drop({table!r}, {chain!r}).bytes()))"])
        equal([(rule, form) for line in lines for _, rule, _, form in words(line)], [("drop", "nft")], f"words in {table!r}", lines)
        check("inet t" in t.run(["nft", "list", "tables"]).out, "a name became a command")


def iptables(t, program, save, source):
    t.prepare([program, "-N", "own"], [program, "-A", "INPUT", "-p", "tcp", "-m", "tcp", "--dport", "22", "-m", "conntrack", "--ctstate", "NEW", "-j", "own"],
              [program, "-A", "own", "-s", source, "-m", "comment", "--comment", 'it "says" -j DROP', "-j", "RETURN"], [program, "-A", "INPUT", "-j", "DROP"])
    return save


def check_iptables(t, program, save, backend, source):
    iptables(t, program, save, source)
    change = t.change([program, "-A", "INPUT", "-s", source, "-m", "limit", "--limit", "5/min", "-j", "ACCEPT"], backend=backend)
    rules = saved(t.ns, save, "INPUT")
    found = [entry for entry in words(change.line)]
    equal(found, [("add-rule", rules[-1], None, "iptables")], "what came", [change.line])
    change = t.change([program, "-R", "INPUT", "3", "-p", "udp", "-j", "ACCEPT"], backend=backend)
    equal(words(change.line), [("replace-rule", saved(t.ns, save, "INPUT")[2], rules[-1], "iptables")], "what was replaced", [change.line])
    rules = saved(t.ns, save, "INPUT")
    change = t.change([program, "-D", "INPUT", "1"], backend=backend)
    equal(words(change.line), [("delete-rule", rules[0], None, "iptables")], "what went", [change.line])
    rules = sorted(saved(t.ns, save, "INPUT") + saved(t.ns, save, "own"))
    change = t.change([program, "-F"], backend=backend)
    equal(sorted(rule for _, rule, _, form in words(change.line) if form == "iptables"), rules, "what a flush took", [change.line])


@case("iptables' rules in nftables read as iptables-save shows them")
@wordy
def iptables_nft(t):
    check_iptables(t, "iptables-nft", "iptables-nft-save", "nftables", "198.51.100.0/24")


@case("ip6tables' rules in nftables")
@wordy
def ip6tables_nft(t):
    check_iptables(t, "ip6tables-nft", "ip6tables-nft-save", "nftables", "2001:db8::/32")


@case("rules of legacy tables")
@wordy
def legacy(t):
    check_iptables(t, "iptables-legacy", "iptables-legacy-save", "xtables-legacy", "198.51.100.0/24")


@case("rules of legacy tables of IPv6")
@wordy
def legacy6(t):
    check_iptables(t, "ip6tables-legacy", "ip6tables-legacy-save", "xtables-legacy", "2001:db8::/32")


@case("a rule that is gone before anybody could list it has a summary")
@wordy
def quick(t):
    t.prepare("nft add table inet t", "nft add chain inet t c")
    done, lines, _ = t.changes(["sh", "-c", "nft add rule inet t c tcp dport 22 drop && nft flush chain inet t c"])
    check(lines, f"no line of {done}")
    for op, rule, _, form in [entry for line in lines for entry in words(line)]:
        check((form, rule) in (("nft", "tcp dport 22 drop"), ("summary", "meta cmp payload cmp drop")), f"{op}: {rule!r} ({form})", lines)


@contextlib.contextmanager
def own(t, settings):
    with watching(t, '[netns]\nwatch = "all"\n' + settings) as daemon:
        ns = Netns()
        try:
            daemon.meet(ns)
            yield daemon, ns
        finally:
            ns.close()


def change_of(daemon, ns, argv, **options):
    mark = daemon.mark()
    ns.run(argv, **options)
    daemon.fence(ns)
    return daemon.since(mark, ns, "firewall-changed")


@case("above the limit, and without libnftables, a summary takes the place of the words, and says so")
def limits(t):
    with own(t, "[text]\nmax_rules = 3\n") as (daemon, ns):
        ns.run(["nft", "-f", "-"], input=BASE)
        line = change_of(daemon, ns, ["nft", "add", "rule", "inet", "t", "c", "tcp dport 25 drop"])[-1]
        equal([(rule, form) for _, rule, _, form in words(line)], [("meta cmp payload cmp drop", "summary")], "words", [line])
    with own(t, '[text]\nlibrary = "/nowhere/libnftables.so"\n') as (daemon, ns):
        started = [line for line in daemon.lines if line.action == "collector-started"][0]
        check("no libnftables" in started.get("wallwatch.collector.rule_text"), "not said", [started])
        ns.run(["nft", "-f", "-"], input=BASE)
        line = change_of(daemon, ns, ["nft", "add", "rule", "inet", "t", "c", "tcp dport 25 drop"])[-1]
        equal([(rule, form) for _, rule, _, form in words(line)], [("meta cmp payload cmp drop", "summary")], "words", [line])
    with own(t, "[text]\nmax_rules = 0\n") as (daemon, ns):
        ns.run(["nft", "-f", "-"], input=BASE)
        line = change_of(daemon, ns, ["nft", "flush", "chain", "inet", "t", "c"])[-1]
        equal(words(line), [], "words where none are wanted", [line])


@case("the lister is killed, or stands still: lines come in time, and words again later", seconds=90)
def lister(t):
    with own(t, "[text]\nbudget = 100\n" if t.in_vm else "") as (daemon, ns):
        def found():
            pids = []
            for pid in filter(str.isdigit, os.listdir("/proc")):
                with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                    if int(file.read().rpartition(")")[2].split()[1]) == daemon.process.pid:
                        pids.append(int(pid))
            return pids
        ns.run(["nft", "-f", "-"], input=BASE)
        daemon.fence(ns)
        equal(len(found()), 1, "listers")
        for number in (signal.SIGKILL, signal.SIGSTOP):
            os.kill(found()[0], number)
            began = time.monotonic()
            line = change_of(daemon, ns, ["nft", "add", "rule", "inet", "t", "c", "tcp dport 25 drop"])[-1]
            check(time.monotonic() - began < 2 * daemon.patience, "the line came late", [line])
            equal([form for *_, form in words(line)], ["summary"], "form", [line])
            deadline = time.monotonic() + 15 * daemon.patience
            while True:
                time.sleep(0.5)
                line = change_of(daemon, ns, ["nft", "add", "rule", "inet", "t", "c", "tcp dport 26 drop"])[-1]
                if [form for *_, form in words(line)] == ["nft"]:
                    break
                check(time.monotonic() < deadline, "no words any more", [line])
        daemon.stop()
        equal(found(), [], "listers that outlive the daemon")


@case("a storm of a thousand changes a second: every line comes, in words or a summary's, and half of them in time", seconds=120)
@wordy
def storm(t):
    t.prepare("nft add table inet t", "nft add chain inet t c")
    mark = t.daemon.mark()
    count = 300 if t.in_vm else 2000
    done = t.run(["/usr/bin/python3", "-c", "import sys, time; sys.path.insert(0, sys.argv[1]); from raw_netlink import *\nfor n in range(int(sys.argv[2])):\n    code = send(Batch('inet').add_drop('t', 'c').bytes())\n    if code: sys.exit(code)\n    time.sleep(0.0006)", os.path.join(os.path.dirname(__file__), "..", "deeds"), str(count)])
    equal(done.code, 0, "the storm")
    t.daemon.fence(t.ns, 30 * t.patience)
    lines = t.daemon.since(mark, t.ns, "firewall-changed")
    equal(sum(line.get("wallwatch.change.rules.delta") for line in lines), count, "rules told")
    check(all(line.get("wallwatch.change.attributed") for line in lines), "a line without its author")
    found = [form for line in lines for *_, form in words(line)]
    check(len(found) >= count * 0.99, f"{len(found)} of {count} rules have words or a summary")
    late = sorted(line.get("wallwatch.change.latency_us") for line in lines)
    check(late[len(late) // 2] < 400_000 * t.patience, f"half of the lines came later than {late[len(late) // 2]} us")
