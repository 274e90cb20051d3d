"""Senders that use no firewall tool, attempts that fail, and notifications that lie."""
import os
import signal

from harness.counts import handles
from harness.daemon import is_fence
from harness.outcome import check, case, equal

NOBODY = dict(user=65534, group=65534, extra_groups=[])
BASE = "table inet t { chain c { counter; counter; counter; counter; counter; }; }"


def ready(t):
    t.prepare(["nft", "-f", "-"], input=BASE)


def python(t, *words):
    return ["/usr/bin/python3", t.deed("raw_netlink.py"), *words]


@case("a Python script makes a table, a chain and rules")
def adds(t):
    t.change(python(t, "add-table", "ip", "raw")).only("add-table").op("add-table", family="ip", table="raw")
    t.change(python(t, "add-chain", "ip", "raw", "c")).only("add-chain").op("add-chain", family="ip", table="raw", chain="c")
    change = t.change(python(t, "add-drop", "ip", "raw", "c"))
    change.only("add-rule").op("add-rule", 1, family="ip", table="raw", chain="c", handle=handles(t.ns, "ip", "raw", "c")[0])


@case("a Python script deletes a rule, a chain's rules, a chain and a table")
def deletes(t):
    ready(t)
    handle = handles(t.ns, "inet", "t", "c")[2]
    t.change(python(t, "delete-rule", "inet", "t", "c", handle)).only("delete-rule").op("delete-rule", 1, table="t", chain="c", handle=handle)
    t.change(python(t, "flush-chain", "inet", "t", "c")).op("flush-chain", 4, family="inet", table="t", chain="c")
    t.change(python(t, "delete-chain", "inet", "t", "c")).op("delete-chain", table="t", chain="c")
    t.change(python(t, "delete-table", "inet", "t")).only("delete-table").op("delete-table", family="inet", table="t")


@case("a Python script flushes the ruleset")
def flush(t):
    ready(t)
    change = t.change(python(t, "flush-ruleset"))
    change.op("flush-ruleset", 5)
    change.op("delete-table", 5, family="inet", table="t")


@case("a batch the kernel aborts is a failure and moves no count")
def aborted(t):
    ready(t)
    t.refused(python(t, "abort", "inet", "t"), code=2)
    t.change("nft add rule inet t c counter").op("add-rule", 1)  # its `before` is the untouched count


@case("a batch without an end moves no count")
def unended(t):
    ready(t)
    mark = t.daemon.mark()
    t.run(python(t, "unended", "inet", "t"))
    t.daemon.fence(t.ns)
    lines = t.daemon.since(mark, t.ns, "firewall-changed")
    check(not lines, "the kernel did not commit this", lines)
    t.change("nft add rule inet t c counter").op("add-rule", 1)


@case("an unprivileged sender is refused, and reported with who it is")
def unprivileged(t):
    ready(t)
    change = t.refused(python(t, "delete-table", "inet", "t"), code=1, **NOBODY)
    equal((change.line.get("process.user.id"), change.line.get("process.user.name")), ("65534", "nobody"), "process.user", [change.line])
    t.change("nft add rule inet t c counter").op("add-rule", 1)


@case("a flood of refused attempts stays within its rate and hides no change", seconds=90)
def flood(t):
    ready(t)
    mark = t.daemon.mark()
    tries = 100
    script = f"import sys; sys.path.insert(0, {os.path.dirname(t.deed('raw_netlink.py'))!r}); import raw_netlink as r; " \
             f"[r.send(r.Batch('inet').delete_table('t').bytes()) for _ in range({tries})]"
    t.run(["/usr/bin/python3", "-c", script], **NOBODY)
    t.change("nft add rule inet t c counter").op("add-rule", 1)
    failed = [line for line in t.daemon.since(mark, t.ns, "firewall-change-failed") if line.get("process.user.id") == "65534"]
    check(len(failed) < tries, f"{len(failed)} lines for {tries} refused attempts of one user", failed)


@case("changes inside `unshare -Urn` are told from the host's")
def unshared(t):
    ready(t)
    mark = t.daemon.mark()
    script = "stat -L -c %i /proc/self/ns/net; nft add table inet mine; nft add chain inet mine c; nft add rule inet mine c drop; nft flush ruleset"
    done = t.run(["unshare", "-Urn", "sh", "-c", script], code=None, **NOBODY)
    if done.code:
        t.skip(f"no user namespaces for an unprivileged user here: {done.err.strip()}")
    inode = done.out.split()[0]
    t.daemon.wait(lambda line: line.netns == inode and any(op["op"] == "flush-ruleset" for op in line.ops()), mark, 5 * t.patience, "the flush in the unshared namespace")
    t.daemon.fence(t.ns)
    lines = [line for line in t.daemon.since(mark) if line.netns == inode and [op["op"] for op in line.ops()] != ["netns-gone"]]
    for line in lines:
        equal(line.get("wallwatch.change.netns.is_host"), False, "netns.is_host", [line])
        equal(line.get("process.user.id"), "65534", "process.user.id, as the host sees it", [line])
    others = t.daemon.since(mark, t.ns) + t.daemon.since(mark, t.daemon.host)
    check(not others, "nothing changed in the sender's former namespace, nor on the host", others)
    t.change("nft add rule inet t c counter").op("add-rule", 1)


@case("a change in the daemon's own namespace is the host's")
def host(t):
    mark = t.daemon.mark()
    host = t.daemon.host
    done = host.run(["nft", "add", "table", "inet", "of-the-host"])
    line = t.daemon.wait(lambda line: line.netns == host.id and line.action == "firewall-changed", mark, 3 * t.patience, str(done))
    equal(line.get("wallwatch.change.netns.is_host"), True, "netns.is_host", [line])
    host.run(["nft", "delete", "table", "inet", "of-the-host"])
    t.daemon.fence(t.ns)


@case("a forged notification from another process is not believed")
def forged(t):
    ready(t)
    ports = netlink_ports(t)
    if not ports:
        t.skip("the daemon has no netfilter netlink socket in a watched namespace")
    mark = t.daemon.mark()
    for ns, port in ports:
        ns.run(python(t, "forge", str(port), "t"))
    t.daemon.fence(t.ns)
    lines = [line for line in t.daemon.since(mark, None, "firewall-changed", "model-drift") if line.netns in (t.ns.id, t.daemon.host.id)]
    check(not lines, "the forgery was taken for the kernel's word", lines)
    t.change("nft add rule inet t c counter").op("add-rule", 1)


def netlink_ports(t):
    """(namespace, port) of the daemon's netfilter sockets that live in the test's namespace and in its own."""
    pid, found = t.daemon.process.pid, []
    inodes = set()
    for entry in os.scandir(f"/proc/{pid}/fd"):
        target = os.readlink(entry.path)
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    for ns in (t.ns, t.daemon.host):
        with ns.inside(), open("/proc/thread-self/net/netlink", encoding="utf-8") as table:
            for fields in map(str.split, list(table)[1:]):
                if fields[1] == "12" and fields[-1] in inodes and fields[2] != "0":
                    found.append((ns, int(fields[2])))
    return found


@case("a stopped and continued sender is still who it was")
def stopped(t):
    ready(t)
    mark = t.daemon.mark()
    process = t.ns.start(["/bin/sh", "-c", "read go; exec nft flush ruleset"])
    os.kill(process.pid, signal.SIGSTOP)
    os.kill(process.pid, signal.SIGCONT)
    process.communicate("go\n")
    line = t.daemon.wait(lambda line: line.netns == t.ns.id and line.action == "firewall-changed" and not is_fence(line), mark, 3 * t.patience, "nft flush ruleset")
    equal(line.get("process.pid"), process.pid, "process.pid", [line])
    equal(line.get("process.args"), ["nft", "flush", "ruleset"], "process.args", [line])
    t.daemon.fence(t.ns)
