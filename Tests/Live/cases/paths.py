"""Other paths to the same kernel: whatever way a request takes, it gives one line, and the line names who sent it."""
import errno
import os
import platform
import re
import signal
import tempfile
import time

from harness.daemon import watching
from harness.netns import Netns
from harness.outcome import case, check, equal
from harness.process import check_process, lineage

NOBODY = dict(user=65534, group=65534, extra_groups=[])
BASE = "table inet t { chain a { counter; counter; counter; }; chain b { counter; counter; }; }"
PYTHON = "/usr/bin/python3"
LEGACY = "xtables-legacy"
RELEASE = tuple(int(number) for number in re.findall(r"\d+", platform.release())[:2])


def ready(t, ns=None, table="t"):
    t.prepare(["nft", "-f", "-"], ns=ns, input=BASE.replace(" t ", f" {table} "))


def flushed(t, argv, **options):
    """One line, from the process that was started."""
    change = t.change(argv, **options)
    change.only("flush-table").op("flush-table", 5, family="inet", table="t")
    return change


def tried(t, argv):
    """Whether the deed can be done here at all: done once, in a namespace of its own, where nobody looks."""
    ns = t.netns()
    ns.run(["nft", "-f", "-"], input=BASE)
    done = ns.run(argv, code=None)
    unavailable = (errno.ENOSYS, errno.EPERM, errno.EOPNOTSUPP, errno.EINVAL)
    if done.code in unavailable:
        t.skip(f"this kernel does not take it: {errno.errorcode[done.code]} for {done}")
    t.daemon.fence(ns)


@case("sent by sendto, send, sendmsg in pieces, write, writev, and to a group beside")
def ways(t):
    for way in ("sendto", "send", "sendmsg", "write", "writev", "group"):
        ready(t)
        flushed(t, [t.deed("ways"), way, "t"])


@case("sent out of a pipe, out of memory, out of a file, and by io_submit")
def spliced(t):
    for way in ("splice", "vmsplice", "sendfile", "aio"):
        ready(t)
        flushed(t, [t.deed("ways"), way, "t"])


@case("two batches in one sendmmsg are two changes")
def sendmmsg(t):
    ready(t)
    ready(t, table="u")
    argv = [t.deed("ways"), "sendmmsg", "t", "u"]
    before = t.ns.counted[0]
    done, lines, _ = t.changes(argv)
    equal(len(lines), 2, "firewall-changed lines", lines)
    for line, table, rules in zip(lines, "tu", (before, before - 5)):
        equal([(op["op"], op.get("table"), op.get("count")) for op in line.ops()], [("flush-table", table, 5)], "operations", [line])
        equal(line.get("wallwatch.change.rules"), {"before": rules, "after": rules - 5, "delta": -5}, "rules", [line])
        equal(line.get("wallwatch.change.attributed"), True, "attributed", [line])
        check_process(line, argv[0], argv, done.pid, began=done.began)


@case("sent by io_uring: at once, by a worker thread, by a polling thread")
def uring(t):
    for way in ("plain", "plain-async", "sqpoll"):
        argv = [t.deed("uring"), way, "t"]
        tried(t, argv)
        ready(t)
        line = flushed(t, argv).line
        equal(line.get("process.name"), "uring", "process.name", [line])
        thread = line.get("process.thread.id")
        check((thread == line.get("process.pid")) == (way == "plain"), f"process.thread.id is {thread}, by way of {way}", [line])


@case("sent by io_uring with the credentials of one who gave them up")
def lent(t):
    for way in ("plain-lent", "plain-async-lent"):
        argv = [t.deed("uring"), way, "t"]
        tried(t, argv)
        ready(t)
        change = t.change(argv, sender=False)
        change.only("flush-table").op("flush-table", 5, family="inet", table="t")
        check_process(change.line, argv[0], argv, change.done.pid, user=("65534", "nobody"), began=change.done.began)


@case("a legacy table replaced by io_uring, also with credentials that were given up")
def uring_legacy(t):
    if RELEASE < (6, 7):
        t.skip(f"SOCKET_URING_OP_SETSOCKOPT came with 6.7, this is {platform.release()}")
    for way in ("setsockopt", "setsockopt-async", "setsockopt-lent"):
        change = legacy(t, [t.deed("uring"), way, "filter"], sender="lent" not in way)
        check_process(change.line, change.done.argv[0], change.done.argv, change.done.pid, user=("65534", "nobody") if "lent" in way else ("0", "root"))


def legacy(t, argv, **options):
    """Three rules, and one replace that leaves none."""
    ns = t.netns()
    rules = [["iptables-legacy", "-A", "INPUT", "-p", "tcp", "--dport", str(port), "-j", "DROP"] for port in (1, 2, 3)]
    if ns.run(rules[0], code=None).code:
        t.skip("this kernel has no legacy tables")
    t.prepare(*rules[1:], ns=ns)
    change = t.change(argv, ns, LEGACY, **options)
    change.op("replace-table", 0, family="ip", table="filter")
    equal(change.get("rules"), {"before": 3, "after": 0, "delta": -3}, "rules", [change.line])
    return change


@case("sent by a program of 32 bits: sendto, sendmsg, write")
def compat(t):
    for way in ("sendto", "sendmsg", "write"):
        argv = [t.deed("elf32"), way, "t"]
        try:
            t.ns.run([argv[0]], code=64)
        except OSError as error:
            t.skip(f"no programs of 32 bits here: {error.strerror}")
        ready(t)
        flushed(t, argv)


@case("a legacy table replaced by a program of 32 bits")
def compat_legacy(t):
    argv = [t.deed("elf32"), "setsockopt", "filter"]
    ns = t.netns()
    ns.run(["iptables-legacy", "-A", "INPUT", "-j", "DROP"], code=None)
    try:
        done = ns.run(argv, code=None)
    except OSError as error:
        t.skip(f"no programs of 32 bits here: {error.strerror}")
    if done.code:
        t.skip(f"no legacy tables for programs of 32 bits here: {done}")
    if tier(t, "xtables") == "restricted":
        unseen(t, argv)  # the kernel runs no cgroup program for a caller of 32 bits
    else:
        legacy(t, argv)


def tier(t, family):
    """The tier that a family of hooks came to."""
    return next(line.get(f"wallwatch.collector.tier.{family}") for line in t.daemon.lines if line.action == "collector-started")


def unseen(t, argv):
    """The next audit finds it, and puts it down to nobody."""
    ns = Netns()
    t.spaces.append(ns)
    ns.run("iptables-legacy -A INPUT -j DROP")
    with watching(t, '[state]\naudit_interval = "1s"\n[netns]\nwatch = "all"\n') as daemon:
        mark = daemon.mark()
        ns.run(argv)
        line = daemon.wait(lambda line: line.action == "model-drift" and line.netns == ns.id, mark, 10 * t.patience, "the audit's word")
        equal(line.get("wallwatch.change.rules"), {"before": 1, "after": 0, "delta": -1}, "rules", [line])
        check(not line.get("process"), "nobody is known", [line])
        lines = daemon.since(mark, ns, "firewall-changed")
        check(not lines, "it was told by a hook: the tier is better than it says", lines)


@case("on a socket that another user's process opened, handed over and did not outlive")
def handed(t):
    ready(t)
    with tempfile.TemporaryDirectory(prefix="wwtest-") as folder:
        os.chmod(folder, 0o777)
        path = folder + "/door"
        giver = t.ns.start([PYTHON, t.deed("passed.py"), "give", path], **NOBODY)
        deadline = time.monotonic() + 10 * t.patience
        while not os.path.exists(path):
            check(giver.poll() is None and time.monotonic() < deadline, "the giver does not come to the door")
            time.sleep(0.01)
        flushed(t, [PYTHON, t.deed("passed.py"), "take", path, "t"])
        equal(giver.wait(10), 0, "the giver's status")


@case("on a socket taken out of another process")
def stolen(t):
    ready(t)
    holder = t.ns.start([PYTHON, t.deed("passed.py"), "hold"])
    try:
        pid, descriptor = holder.stdout.readline().split()
        flushed(t, [PYTHON, t.deed("passed.py"), "steal", pid, descriptor, "t"])
    finally:
        holder.communicate("")


@case("on a socket inherited over exec, and by a child")
def inherited(t):
    ready(t)
    program = t.deed("ways")
    change = t.change([PYTHON, t.deed("passed.py"), "exec", program, "t"], sender=False)
    change.only("flush-table").op("flush-table", 5, table="t")
    check_process(change.line, program, [program, "inherited", "t"], change.done.pid)
    ready(t)
    argv = [PYTHON, t.deed("passed.py"), "fork", "t"]
    change = t.change(argv, sender=False)
    change.only("flush-table").op("flush-table", 5, table="t")
    check_process(change.line, PYTHON, argv, sender_of(change.done), parents=[change.done.pid, *lineage(os.getpid())])


def sender_of(done):
    return int(re.search(r"^sender (\d+)$", done.out, re.M)[1])


@case("a socket's change is its own namespace's, wherever its sender is")
def entered(t):
    ready(t)
    other, mark = t.netns(), t.daemon.mark()
    ready(t, other)
    mark = t.daemon.mark()
    line = flushed(t, [PYTHON, t.deed("passed.py"), "enter", f"/run/netns/{other.name}", "t"]).line
    equal(line.get("wallwatch.process.namespaces.net"), other.id, "the namespace of the sender", [line])
    t.daemon.fence(other)
    lines = t.daemon.since(mark, other)
    check(not lines, "nothing changed in the namespace of the sender", lines)


@case("sent by a thread, and by one whose process has lost its first")
def threads(t):
    for kind in ("thread", "orphan"):
        ready(t)
        line = flushed(t, [t.deed("tasks"), kind, "t"]).line
        check(line.get("process.thread.id") != line.get("process.pid"), "process.thread.id is the first thread's", [line])


@case("sent by a child that shares memory and descriptors with its parent")
def sharing(t):
    for kind in ("vfork", "clone"):
        ready(t)
        argv = [t.deed("tasks"), kind, "t"]
        change = t.change(argv, sender=False)
        change.only("flush-table").op("flush-table", 5, table="t")
        check_process(change.line, argv[0], argv, sender_of(change.done), parents=[change.done.pid, *lineage(os.getpid())])


@case("a thread alone in a namespace that no process is in")
def spread(t):
    t.ns
    mark = t.daemon.mark()
    process = t.ns.start([t.deed("tasks"), "spread", "lone"])
    try:
        pid = int(process.stdout.readline().split()[1])
        inode = process.stdout.readline().split()[1]
        line = t.daemon.wait(lambda line: line.netns == inode and not is_end(line), mark, 5 * t.patience, f"the table made in {inode}")
        equal([op["op"] for op in line.ops()], ["add-table"], "operations", [line])
        equal(line.get("process.pid"), pid, "process.pid", [line])
        mark = t.daemon.mark()
        t.daemon.signal(signal.SIGUSR1)
        t.daemon.wait(lambda line: line.get("wallwatch.state.netns.id") == inode and line.get("wallwatch.state.nftables.tables") == 1, mark, 5 * t.patience, f"the state of {inode}")
    finally:
        process.communicate("\n")


def is_end(line):
    """Of a namespace: one that had the number before may end while its successor is at work."""
    return [op["op"] for op in line.ops()] == ["netns-gone"]


@case("a namespace that lives no longer than its one change")
def fleeting(t):
    for _ in range(5 if t.in_vm else 25):
        mark = t.daemon.mark()
        argv = [t.deed("tasks"), "fleeting", "gone"]
        done = t.run(argv)
        inode = done.out.split()[1]
        line = t.daemon.wait(lambda line: line.netns == inode and line.action == "firewall-changed" and not is_end(line), mark, 5 * t.patience, f"the table made in {inode}")
        equal([(op["op"], op.get("table")) for op in line.ops()], [("add-table", "gone")], "operations", [line])
        equal(line.get("wallwatch.change.netns.is_host"), False, "netns.is_host", [line])
        check_process(line, argv[0], argv, done.pid, began=done.began)
        t.daemon.fence(t.ns)
        lines = [line for line in t.daemon.since(mark, None, "firewall-changed") if line.netns == inode and not is_end(line)]
        equal(len(lines), 1, "firewall-changed lines", lines)


@case("`unshare -n` that changes and ends")
def unshared(t):
    mark = t.daemon.mark()
    script = "stat -L -c %i /proc/self/ns/net; nft 'add table inet u; add chain inet u c; add rule inet u c drop'"
    inode = t.run(["unshare", "-n", "sh", "-c", script]).out.split()[0]
    line = t.daemon.wait(lambda line: line.netns == inode and line.action == "firewall-changed" and not is_end(line), mark, 5 * t.patience, f"the change in {inode}")
    equal([op["op"] for op in line.ops()], ["add-table", "add-chain", "add-rule"], "operations", [line])
    equal(line.get("wallwatch.change.rules"), {"before": 0, "after": 1, "delta": 1}, "rules", [line])
    equal(line.get("process.name"), "nft", "process.name", [line])
    equal(line.get("wallwatch.change.attributed"), True, "attributed", [line])


def host_state(t):
    """What SIGUSR1 says of the host, but for when."""
    mark = t.daemon.mark()
    t.daemon.signal(signal.SIGUSR1)
    line = t.daemon.wait(lambda line: line.get("wallwatch.state.netns.is_host") is True and line.get("wallwatch.state.occasion") == "request", mark, 5 * t.patience, "the host's state")
    return line.get("wallwatch.state")


@case("an unprivileged user's firewall in `unshare -Urn` is never the host's")
def user_owned(t):
    before, mark = host_state(t), t.daemon.mark()
    script = "stat -L -c %i /proc/self/ns/net; nft -f -; nft flush ruleset"
    done = t.run(["unshare", "-Urn", "sh", "-c", script], code=None, input=BASE, **NOBODY)
    if done.code:
        t.skip(f"no user namespaces for an unprivileged user here: {done.err.strip()}")
    inode = done.out.split()[0]
    t.daemon.wait(lambda line: line.netns == inode and any(op["op"] == "flush-ruleset" for op in line.ops()), mark, 5 * t.patience, "his flush")
    equal(host_state(t), before, "the host's state")
    lines = [line for line in t.daemon.since(mark, None, "firewall-changed") if line.netns in (inode, t.ns.id, t.daemon.host.id)]
    equal([(line.netns, line.get("wallwatch.change.rules.delta")) for line in lines], [(inode, 5), (inode, -5)], "namespaces and deltas", lines)
    for line in lines:
        equal(line.get("wallwatch.change.netns.is_host"), False, "netns.is_host", [line])
        equal(line.get("wallwatch.change.netns.user_owned"), True, "netns.user_owned", [line])
        equal(line.get("process.user.id"), "65534", "process.user.id", [line])


@case("the owner of a user namespace changes what is in it from without, with no capability")
def owner(t):
    t.ns
    mark, argv = t.daemon.mark(), [PYTHON, t.deed("passed.py"), "own", "mine"]
    process = t.ns.start(argv, **NOBODY)
    first = process.stdout.readline().split()
    if not first:
        t.skip(f"no user namespaces for an unprivileged user here: {process.communicate()[1].strip()}")

    def changed(kind):
        wanted = lambda line: line.netns == first[1] and [op["op"] for op in line.ops()] == [kind]  # noqa: E731
        line = t.daemon.wait(wanted, mark, 5 * t.patience, f"{kind} in {first[1]}")
        equal(line.get("wallwatch.change.attributed"), True, "attributed", [line])
        equal(line.get("wallwatch.change.netns.user_owned"), True, "netns.user_owned", [line])
        equal(line.get("wallwatch.process.capabilities"), "0" * 16, "wallwatch.process.capabilities", [line])
        check_process(line, PYTHON, argv, process.pid, user=("65534", "nobody"))

    changed("add-table")
    process.communicate("go\n")
    equal(process.returncode, 0, "the deed's status")
    changed("delete-table")


@case("a batch padded with hundreds and thousands of harmless messages", seconds=90)
def padded(t):
    for count in (300, 20_000):  # the second is longer than what is copied of a request
        ready(t)
        change = t.change([PYTHON, t.deed("padded.py"), "before", str(count), "t"])
        told = {op["op"] for op in change.line.ops()}
        # Past what is copied, the notifications tell: they name each chain.
        check(told == {"flush-table"} or count > 1000 and told == {"flush-chain"}, f"operations {told}", [change.line])
        change.op(told.pop(), 5, table="t")
        ready(t)
        t.prepare("nft flush table inet t")
        ready(t)
        change = t.change([PYTHON, t.deed("padded.py"), "between", str(count), "t"]).only("flush-chain")
        for chain, rules in (("a", 3), ("b", 2)):
            change.op("flush-chain", rules, table="t", chain=chain)
        t.prepare("nft flush table inet t")


@case("a batch whose beginning alone is longer than what is copied")
def long_beginning(t):
    ready(t)
    change = t.change([PYTHON, t.deed("padded.py"), "begin", "700", "t"])
    equal({op["op"]: op["count"] for op in change.line.ops() if op.get("chain") == "a"} or {"flush-table": 3}, {"flush-chain": 3}, "operations", [change.line])


@case("an ipset command behind thousands of other messages")
def padded_ipset(t):
    if t.ns.run(["ipset", "create", "s", "hash:ip"], code=None).code:
        t.skip("this kernel has no ipset")
    # 5.10 asks itself the same question for ever when there is no room for the answer (EAGAIN): not 6.1.
    questions = [("questions", 1000)] if RELEASE >= (6, 1) else []
    for how, count in (("ipset", 15), ("ipset", 1000), *questions, ("ipset", 20_000)):
        t.prepare(*(["ipset", "add", "s", f"10.0.0.{n}"] for n in (1, 2, 3)))
        change = t.change([PYTHON, t.deed("padded.py"), how, str(count), "s"], backend="ipset")
        elements = change.get("elements")
        equal(elements, {"before": 3, "after": 0, "delta": -3}, "elements", [change.line])
        told = {op["op"] for op in change.line.ops()}
        check(told == {"flush-set"} or count > 2000 and told == {"delete-elements"}, f"operations {told}", [change.line])


@case("100,000 rules in one batch are one line, and so is their end", seconds=240)
def many(t):
    chains, each = (10 if t.in_vm else 100), 1000
    rules = "".join(f"add chain inet big c{chain}\n" + f"add rule inet big c{chain} counter\n" * each for chain in range(chains))
    total, t.patience = chains * each, t.patience * 20
    t.ns
    change = t.change("nft -f -", input="add table inet big\n" + rules)
    equal(change.get("rules"), {"before": 0, "after": total, "delta": total}, "rules", [change.line])
    change.only("add-table", "add-chain", "add-rule").op("add-rule", total, table="big")
    check(len(change.details) <= 5 * chains, f"{len(change.details)} detail lines", [change.line])
    change = t.change("nft delete table inet big")
    change.only("delete-table").op("delete-table", total, table="big")
    equal(change.get("rules"), {"before": total, "after": 0, "delta": -total}, "rules", [change.line])
