"""Tables that are bound to a socket: when it is closed the kernel destroys them, and notifies nobody."""
import os
import signal
import sys
import time

from harness.line import Line
from harness.netns import Netns
from harness.outcome import check, case, equal
from harness.process import check_process, check_task
from harness.test import Change

from .cli import Folder

PYTHON = "/usr/bin/python3"
OWNER, PERSIST = 2, 4


def release():
    return tuple(int(part) for part in os.uname().release.split("-")[0].split(".")[:2])


class Owner:
    """A process that owns a table, and has said so."""

    def __init__(self, t, mode, table, rules=3, flags=OWNER, ns=None):
        if release() < (5, 12):
            t.skip(f"kernel {os.uname().release} has no tables with an owner (5.12)")
        self.t, self.ns, self.table = t, ns or t.ns, table
        self.argv = [PYTHON, t.deed("raw_netlink.py"), "own", mode, "inet", table, str(rules), str(flags)]
        self.process = self.ns.start(self.argv)
        words = self.process.stdout.readline().split()
        equal(words[:2], ["OK", str(self.process.pid)], "what the owner says")
        self.pid, self.child = self.process.pid, int(words[2]) if len(words) > 2 else None

    def settle(self):
        """Its table is told, and counted."""
        self.t.daemon.fence(self.ns)
        self.ns.counted = self.ns.counts()
        return self

    def say(self, text=""):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def sees_closing(t):
    """Whether the daemon has a hook at the close itself; else only the end of a process tells."""
    started = next(line for line in t.daemon.lines if line.action == "collector-started")
    return started.get("wallwatch.collector.tier.socket") != "none"


def died(t, mark, table, ns=None):
    wanted = lambda line: line.action in ("firewall-changed", "model-drift") and any(op.get("op") in ("owner-died", "delete-table") and op.get("table") == table for op in line.ops())  # noqa: E731
    line = t.daemon.wait(wanted, mark, 3 * t.patience, f"the end of table {table}")
    equal(line.action, "firewall-changed", "the action", [line])
    return line


def told(t, mark, owner, rules=3, pid=None, parents=None, args=None, ns=None):
    """One line says that the owner's table died; counts are checked against nft's."""
    ns = ns or owner.ns
    line = died(t, mark, owner.table)
    change = Change(line, None)
    t.check_change(change, ns, "nftables", ("kernel", "dump"))
    change.only("owner-died").op("owner-died", rules, family="inet", table=owner.table)
    equal(change.get("rules.delta"), -rules, "rules.delta", [line])
    check("deletion" in line.get("event.type"), "event.type has no deletion", [line])
    check_process(line, PYTHON, args or owner.argv, pid or owner.pid, parents=parents)
    t.daemon.fence(ns)
    again = [other for other in t.daemon.since(mark, ns, "firewall-changed", "model-drift") if other is not line]
    check(not again, "told more than once", again)
    return change


@case("an owner that is killed takes its table along, and the killer is named")
def killed(t):
    owner, mark = Owner(t, "wait", "own").settle(), t.daemon.mark()
    script = [sys.executable, "-c", "import os, sys; os.kill(int(sys.argv[1]), 9)", str(owner.pid)]
    killer = t.ns.run(script)
    owner.process.wait()
    change = told(t, mark, owner)
    equal(change.get("killed_by.signal"), 9, "killed_by.signal", [change.line])
    check_task(change.get("killed_by.process"), "process", change.line, sys.executable, script, pid=killer.pid)


@case("an owner that ends by itself is named, and nobody else")
def ended(t):
    owner, mark = Owner(t, "wait", "own").settle(), t.daemon.mark()
    owner.end()
    change = told(t, mark, owner)
    check(change.get("killed_by") is None, "nobody killed it", [change.line])


@case("a handled signal is no killer")
def handled(t):
    owner, mark = Owner(t, "wait", "own").settle(), t.daemon.mark()
    os.kill(owner.pid, signal.SIGWINCH)
    os.kill(owner.pid, signal.SIGCHLD)
    owner.end()
    check(told(t, mark, owner).get("killed_by") is None, "killed_by")


@case("of two owners only the dead one's table goes")
def two(t):
    one, other, mark = Owner(t, "wait", "one").settle(), Owner(t, "wait", "other", 2).settle(), t.daemon.mark()
    one.end()
    told(t, mark, one)
    mark = t.daemon.mark()
    other.end()
    told(t, mark, other, rules=2)


@case("a socket that its owner closes and outlives")
def closed(t):
    owner, mark = Owner(t, "close", "own").settle(), t.daemon.mark()
    owner.say()
    equal(owner.process.stdout.readline(), "closed\n", "what the owner says")
    if sees_closing(t):
        told(t, mark, owner)
        owner.end()
    else:  # nothing tells of it before the owner ends
        owner.end()
        told(t, mark, owner)


@case("a table is made anew under the name of one that died with a closed socket")
def anew(t):
    owner, mark = Owner(t, "close", "own").settle(), t.daemon.mark()
    owner.say()
    owner.process.stdout.readline()
    if not sees_closing(t):
        t.run(["nft", "add table inet own; add chain inet own c; add rule inet own c counter"])
        line = died(t, mark, "own")
        equal(line.get("wallwatch.change.attributed"), False, "attributed", [line])
    else:
        told(t, mark, owner)
        t.run(["nft", "add table inet own; add chain inet own c; add rule inet own c counter"])
    t.daemon.fence(t.ns)
    lines = t.daemon.since(mark, t.ns, "firewall-changed", "model-drift")
    equal([line.get("wallwatch.change.rules.after") for line in lines], [0, 1], "rules.after", lines)
    owner.end()


@case("a table survives its maker while another process holds the socket")
def passed(t):
    owner, mark = Owner(t, "pass", "own").settle(), t.daemon.mark()
    owner.say()
    owner.process.wait()
    # The late look finds who holds the socket now.
    time.sleep(1.5 * t.patience)
    t.daemon.fence(t.ns)
    equal(t.ns.counts(), t.ns.counted, "the table stands")
    lines = t.daemon.since(mark, t.ns, "firewall-changed", "model-drift")
    check(not lines, "nothing died yet", lines)
    mark = t.daemon.mark()
    os.kill(owner.child, signal.SIGTERM)
    change = told(t, mark, owner, pid=owner.child, parents=[owner.pid, *lineage()])
    equal(change.get("killed_by.signal"), 15, "killed_by.signal", [change.line])
    equal(change.get("killed_by.process.pid"), os.getpid(), "killed_by.process.pid", [change.line])


def lineage():
    from harness.process import lineage

    return lineage(os.getpid())


@case("an owner that is gone at once is told all the same")
def quick(t):
    for number in range(5):
        t.daemon.fence(t.ns)
        t.ns.counted, mark = t.ns.counts(), t.daemon.mark()
        owner = Owner(t, "end", f"own{number}")
        owner.process.wait()
        line = died(t, mark, owner.table)
        equal(line.get("wallwatch.change.rules"), {"before": 3, "after": 0, "delta": -3}, "rules", [line])
        check_process(line, PYTHON, owner.argv, owner.pid)


@case("an owner that is gone at once, in a namespace made a moment ago")
def fresh(t):
    for _ in range(3):
        ns = Netns()
        t.spaces.append(ns)
        mark, owner = t.daemon.mark(), Owner(t, "end", "own", ns=ns)
        owner.process.wait()
        line = died(t, mark, "own")
        equal(line.get("wallwatch.change.rules"), {"before": 3, "after": 0, "delta": -3}, "rules", [line])
        check_process(line, PYTHON, owner.argv, owner.pid)
        t.daemon.fence(ns)
        drift = t.daemon.since(mark, ns, "model-drift")
        check(not drift, "told by its request and by its end, not by a look", drift)


@case("a table that its owner deletes is a deletion, not a death")
def deleted(t):
    owner, mark = Owner(t, "wait", "own").settle(), t.daemon.mark()
    owner.end()
    told(t, mark, owner)
    mark = t.daemon.mark()
    with t.ns.inside():
        from raw_netlink import Batch, send

        equal(send(Batch("inet").add_table("own", OWNER).delete_table("own").bytes()), 0, "the kernel's answer")
    t.daemon.fence(t.ns)
    ops = [op["op"] for line in t.daemon.since(mark, t.ns) for op in line.ops()]
    check("owner-died" not in ops, f"operations {ops}", t.daemon.since(mark, t.ns))


@case("a persistent table outlives its owner, and another adopts it")
def persistent(t):
    if release() < (6, 9):
        t.skip(f"kernel {os.uname().release} has no persistent owner tables (6.9)")
    owner, mark = Owner(t, "wait", "own", flags=OWNER | PERSIST).settle(), t.daemon.mark()
    owner.end()
    time.sleep(0.5 * t.patience)
    t.daemon.fence(t.ns)
    equal(t.ns.counts(), t.ns.counted, "the table stands")
    lines = t.daemon.since(mark, t.ns, "firewall-changed", "model-drift")
    check(not lines, "nothing died", lines)
    mark = t.daemon.mark()
    heir = Owner(t, "wait", "own", rules=1, flags=OWNER | PERSIST)
    line = t.daemon.wait(lambda line: line.action == "firewall-changed" and line.get("process.pid") == heir.pid, mark, 3 * t.patience, "the adoption")
    check(any(op.get("detail") == "an owner adopted the table" for op in line.ops()), "the adoption is not told", [line])
    equal(line.get("wallwatch.change.rules"), {"before": 3, "after": 4, "delta": 1}, "rules", [line])
    heir.end()
    t.run("nft delete table inet own")
    t.daemon.fence(t.ns)


@case("an owner from before the start is known, and its killer named")
def before_start(t):
    with Folder() as folder:
        ns = Netns()
        t.spaces.append(ns)
        owner = Owner(t, "wait", "own", ns=ns)
        process = ns.start([t.binary, "run", "--config", folder.config, "--state-dir", folder.state, *(["--tier", t.tier] if t.tier != "auto" else [])], text=False)
        try:
            lines = []
            for raw in process.stdout:
                lines.append(Line(raw.rstrip(b"\n"), time.time(), 0))
                if lines[-1].action == "collector-started":
                    os.kill(owner.pid, signal.SIGKILL)
                if lines[-1].netns == ns.id:
                    break
        finally:
            process.terminate()
            _, stderr = process.communicate()
        owner.process.wait()
        check(lines and lines[-1].action == "firewall-changed", f"it ended before: {stderr.decode()[-1000:]}", lines[-5:])
        change = Change(lines[-1], None)
        change.only("owner-died").op("owner-died", 3, family="inet", table="own")
        equal(lines[-1].get("process.pid"), owner.pid, "process.pid", lines[-1:])
        equal(change.get("killed_by.process.pid"), os.getpid(), "killed_by.process.pid", lines[-1:])


@case("a command of nft that owns nothing gives no line at its end")
def nothing(t):
    t.prepare("nft add table inet t")
    mark = t.daemon.mark()
    for _ in range(5):
        t.run("nft list ruleset")
    t.daemon.fence(t.ns)
    lines = t.daemon.since(mark, t.ns)
    check(not lines, "nothing changed", lines)


@case("a namespace that ends takes its firewall along, and that is no alarm")
def netns_gone(t):
    ns = Netns()
    t.daemon.meet(ns)
    ns.run(["nft", "-f", "-"], input="table inet t { set s { type ipv4_addr; elements = { 1.2.3.4 }; }; chain c { counter; counter; }; }")
    t.daemon.fence(ns)
    mark = t.daemon.mark()
    ns.close()
    line = t.daemon.wait(lambda line: line.netns == ns.id and line.action == "firewall-changed", mark, 10 * t.patience, "netns-gone")
    equal([op["op"] for op in line.ops()], ["netns-gone"], "the operations", [line])
    equal(line.get("wallwatch.change.rules"), {"before": 2, "after": 0, "delta": -2}, "rules", [line])
    equal(line.get("wallwatch.change.elements.delta"), -1, "elements.delta", [line])
    equal(line.get("event.kind"), "event", "event.kind", [line])
