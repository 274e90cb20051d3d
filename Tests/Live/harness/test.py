"""What a test function is given: namespaces, deeds, and the one line each deed must give."""
import os

from . import deeds
from .daemon import is_fence
from .netns import Netns
from .outcome import Failed, Skipped, check, equal
from .process import check_process


class Change:
    """One `firewall-changed` line and the deed that caused it."""

    def __init__(self, line, done, details=()):
        self.line, self.done, self.details = line, done, list(details)

    def ops(self):
        return self.line.ops() + [op for detail in self.details for op in detail.ops()]

    def op(self, name, count=None, **fields):
        """There is such an operation with these fields; the counts of all such add up to `count`."""
        found = [op for op in self.ops() if op.get("op") == name and all(op.get(key) == value for key, value in fields.items())]
        check(found, f"no operation {name} {fields}", [self.line, *self.details])
        if count is not None:
            # In a detail the other rules of an operation come without its count, which was told.
            counted = lambda op: op.get("count", 0 if "rule" in op or "rules" in op else 1)  # noqa: E731
            in_line = sum(counted(op) for op in found if op in self.line.ops())
            total = sum(counted(op) for op in found)
            check(count in (in_line, total), f"{name} {fields}: count should be {count}, is {in_line} (with details {total})", [self.line])
        return found[0]

    def only(self, *names):
        extra = {op.get("op") for op in self.ops()} - set(names)
        check(not extra, f"operations that nobody made: {sorted(map(str, extra))}", [self.line])
        return self

    def policy(self, before, after, **fields):
        op = self.op("policy", **fields)
        equal(op.get("policy"), {"before": before, "after": after}, "the policy", [self.line])
        listed = [item for item in self.line.get("wallwatch.change.policies", []) if item.get("chain") == fields.get("chain")]
        for item in listed:
            equal((item.get("before"), item.get("after")), (before, after), "policies[]", [self.line])

    def get(self, path, default=None):
        return self.line.get("wallwatch.change." + path, default)


class Test:
    def __init__(self, daemon, binary, tier, in_vm):
        self.daemon, self.binary, self.tier, self.in_vm = daemon, binary, tier, in_vm
        self.patience = 4 if in_vm else 1  # software emulation is slow
        self.spaces = []

    def skip(self, reason):
        raise Skipped(reason)

    def netns(self):
        """A new namespace that the daemon has met."""
        ns = Netns()
        self.spaces.append(ns)
        self.daemon.meet(ns)
        return ns

    @property
    def ns(self):
        return self.spaces[0] if self.spaces else self.netns()

    def deed(self, name):
        return deeds.path(name)

    def run(self, argv, **options):
        return self.ns.run(argv, **options)

    def prepare(self, *commands, ns=None, **options):
        """Changes whose lines are of no interest: made, waited for, counted."""
        ns = ns or self.ns
        for argv in commands:
            ns.run(argv, **options)
        self.daemon.fence(ns)
        ns.counted = ns.counts()

    def changes(self, argv, ns=None, **options):
        """Does the deed and returns (its end, the lines it gave: changed and detail)."""
        ns, mark = ns or self.ns, self.daemon.mark()
        done = ns.run(argv, **options)
        wanted = lambda line: line.action == "firewall-changed" and line.netns == ns.id and not is_fence(line)  # noqa: E731
        self.daemon.wait(wanted, mark, 3 * self.patience, f"firewall-changed for {done}")
        self.daemon.fence(ns)
        changed = self.daemon.since(mark, ns, "firewall-changed")
        ids = {line.get("event.id") for line in changed}
        details = [line for line in self.daemon.since(mark, None, "firewall-change-detail") if any(i and i in line.text for i in ids)]
        return done, changed, details

    def change(self, argv, ns=None, backend="nftables", sender=True, **options):
        """Does the deed, expects exactly one line of it, and checks in it what every such line must say."""
        ns = ns or self.ns
        done, lines, details = self.changes(argv, ns, **options)
        if len(lines) != 1:
            raise Failed(f"{len(lines)} firewall-changed lines where one was due, for {done}", lines)
        change = Change(lines[0], done, details)
        self.check_change(change, ns, backend)
        if sender:
            check_process(lines[0], done.argv[0] if done.argv[0].startswith("/") else which(done.argv[0]), done.argv, done.pid, began=done.began)
        return change

    def check_change(self, change, ns, backend, sources=None):
        line, shown = change.line, [change.line]
        before, after = ns.counted, ns.counts()
        ns.counted = after
        for name, was, now in zip(("rules", "elements"), before, after):
            found = change.get(name)
            if name == "elements" and found is None and was == now:
                continue
            equal(found, {"before": was, "after": now, "delta": now - was}, f"{name}, against the tools' own count", shown)
        equal(change.get("backend"), backend, "backend", shown)
        equal(change.get("netns.is_host"), False, "netns.is_host", shown)
        equal(change.get("attributed"), True, "attributed", shown)
        equal(line.get("event.outcome"), "success", "event.outcome", shown)
        equal(line.get("event.kind"), "event", "event.kind", shown)
        sources = sources or (("kernel",) if self.tier == "full" else ("kernel", "syscall", "notification"))
        check(change.get("source") in sources, f"source is {change.get('source')!r}", shown)
        check(isinstance(change.get("latency_us"), int), "latency_us is missing", shown)
        check(change.line.ops(), "no operations", shown)

    def refused(self, argv, ns=None, code=None, **options):
        """Does a deed that must fail: one `firewall-change-failed`, no change, and the same state as before."""
        ns, mark = ns or self.ns, self.daemon.mark()
        done = ns.run(argv, code=code, **options)
        wanted = lambda line: line.action == "firewall-change-failed" and line.get("process.pid") == done.pid  # noqa: E731
        line = self.daemon.wait(wanted, mark, 5 * self.patience, f"firewall-change-failed for {done}")
        self.daemon.fence(ns)
        moved = self.daemon.since(mark, ns, "firewall-changed")
        check(not moved, f"a refused attempt was counted as a change: {done}", moved)
        equal(line.get("event.outcome"), "failure", "event.outcome", [line])
        equal(line.netns, ns.id, "netns.id", [line])
        equal(line.get("wallwatch.change.rules.delta", 0), 0, "rules.delta", [line])
        equal(ns.counts(), ns.counted, "the state after a refused attempt", [line])
        return Change(line, done)

    def close(self):
        for ns in self.spaces:
            ns.close()


def which(name):
    for folder in os.environ["PATH"].split(":"):
        if os.access(os.path.join(folder, name), os.X_OK):
            return os.path.join(folder, name)
    raise Skipped(f"{name} is not installed")
