"""Which network namespaces are watched: daemons of their own, with a configuration each."""
import contextlib
import os
import signal
import subprocess
import time

from harness.daemon import watching
from harness.netns import Netns
from harness.outcome import case, check, equal

NOBODY = dict(user=65534, group=65534, extra_groups=[])
with open("/proc/mounts", encoding="utf-8") as mounts:
    CGROUP = next((line.split()[1] for line in mounts if line.split()[2] == "cgroup2"), None)
BASE = "table inet t { chain c { counter; counter; counter; }; }"


def space(t, table=None):
    """A namespace that no daemon was led to."""
    ns = Netns()
    t.spaces.append(ns)
    if table:
        ns.run(["nft", "-f", "-"], input=BASE)
    return ns


def told(daemon, t, inode, mark, what):
    return daemon.wait(lambda line: line.netns == inode and line.action == "firewall-changed", mark, 5 * t.patience, what)


def nothing(daemon, inode, what):
    lines = [line for line in daemon.lines if inode in (line.netns, line.get("wallwatch.state.netns.id"))]
    check(not lines, what, lines)


@case("a list watches what it names, and passes over the rest", seconds=90)
def match(t):
    named, pathed, other = space(t, "t"), space(t, "t"), space(t, "t")
    name = named.name.replace("wwtest", "ww?*st")
    settings = f'[netns]\nwatch = "match"\nmatch = ["{name}", "/run/net*/{pathed.name}", "no-such*"]\n'
    with watching(t, settings) as daemon:
        equal(daemon.lines[0].get("wallwatch.collector.namespaces"), 3, "namespaces watched", daemon.lines[:1])
        for ns in (named, pathed):
            mark = daemon.mark()
            ns.run("nft flush table inet t")
            line = told(daemon, t, ns.id, mark, f"the flush in {ns.name}")
            equal(line.get("wallwatch.change.rules"), {"before": 3, "after": 0, "delta": -3}, "rules", [line])
            equal(line.get("wallwatch.change.attributed"), True, "attributed", [line])
        mark = daemon.mark()
        other.run("nft flush ruleset")
        other.run(["/usr/bin/python3", t.deed("raw_netlink.py"), "delete-table", "inet", "t"], code=None)
        other.run(["/usr/bin/python3", t.deed("raw_netlink.py"), "delete-table", "inet", "t"], code=1, **NOBODY)
        daemon.host.run("nft add table inet of-the-host")
        line = told(daemon, t, daemon.host.id, mark, "the host's table")
        equal(line.get("wallwatch.change.netns.is_host"), True, "netns.is_host", [line])
        daemon.signal(signal.SIGUSR1)
        state = daemon.wait(lambda line: line.get("wallwatch.state.netns.is_host") is True, mark, 5 * t.patience, "the host's state")
        equal((state.get("wallwatch.state.nftables.tables"), state.get("wallwatch.state.rules")), (1, 0), "the host's tables and rules", [state])
        nothing(daemon, other.id, "a namespace that no pattern names")
        drift = [line for line in daemon.lines if line.action in ("model-drift", "collector-events-lost")]
        check(not drift, "nothing was lost", drift)


@contextlib.contextmanager
def container(name):
    """A control group; the prefix of a shell command that enters it."""
    folder = f"{CGROUP}/{name}"
    os.mkdir(folder)
    try:
        yield f"echo $$ > {folder}/cgroup.procs; "
    finally:
        deadline = time.monotonic() + 5
        while True:
            try:
                return os.rmdir(folder)
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)


@case("containers are named by their control group, from before the start and after it", seconds=90)
def containers(t):
    if not CGROUP or not os.access(f"{CGROUP}/cgroup.procs", os.W_OK):
        t.skip("no cgroup v2 in sight")
    unshared = "exec unshare -n sh -c 'stat -L -c %i /proc/self/ns/net; read go; nft add table inet made; read go'"
    started = []

    def start(enter):
        started.append(t.ns.start(["/bin/sh", "-c", enter + unshared]))
        return started[-1], started[-1].stdout.readline().strip()

    def go(process):
        process.stdin.write("go\n")
        process.stdin.flush()

    with container(f"wwdocker-3f2a{os.getpid()}.scope") as ours, container(f"wwdocker-4f2a{os.getpid()}.scope") as theirs:
        try:
            early, early_id = start(ours)
            foreign, foreign_id = start(theirs)
            with watching(t, '[netns]\nwatch = "match"\nmatch = ["container:3f2a*"]\n') as daemon:
                late, late_id = start(ours)
                for process, inode in ((early, early_id), (late, late_id)):
                    mark = daemon.mark()
                    go(process)
                    line = told(daemon, t, inode, mark, f"the table made in {inode}")
                    equal([op["op"] for op in line.ops()], ["add-table"], "operations", [line])
                    equal(line.get("wallwatch.change.attributed"), True, "attributed", [line])
                mark = daemon.mark()
                go(foreign)
                daemon.host.run("nft add table inet of-the-host")
                told(daemon, t, daemon.host.id, mark, "the host's table")
                nothing(daemon, foreign_id, "a container that no pattern names")
        finally:
            for process in started:
                process.communicate("go\ngo\n")


@case("namespaces beyond netns.max are told from their requests, and that once", seconds=90)
def beyond(t):
    spaces = [space(t) for _ in range(3)]
    with watching(t, '[netns]\nwatch = "all"\nmax = 2\n') as daemon:
        line = daemon.wait(lambda line: line.action == "collector-coverage-changed", 0, 5 * t.patience, "collector-coverage-changed")
        equal(line.get("wallwatch.collector.namespaces"), 2, "namespaces", [line])
        number = line.get("wallwatch.collector.namespaces_beyond")
        check(isinstance(number, int) and number >= 4, f"namespaces_beyond is {number}", [line])
        check("netns.max" in line.get("event.reason", ""), "the reason does not name the key", [line])
        equal(daemon.lines[0].get("wallwatch.collector.namespaces_beyond"), number, "namespaces_beyond at the start", daemon.lines[:1])
        for ns in [*spaces, space(t)]:
            mark = daemon.mark()
            done = ns.run("nft add table inet beyond")
            change = told(daemon, t, ns.id, mark, str(done))
            equal([op["op"] for op in change.ops()], ["add-table"], "operations", [change])
            equal(change.get("process.pid"), done.pid, "process.pid", [change])
        lines = daemon.since(0, None, "collector-coverage-changed")
        equal(len(lines), 1, "collector-coverage-changed lines", lines)


@case("the host alone")
def host(t):
    other = space(t, "t")
    with watching(t, '[netns]\nwatch = "host"\n') as daemon:
        mark = daemon.mark()
        other.run("nft flush ruleset")
        other.run(["/usr/bin/python3", t.deed("raw_netlink.py"), "delete-table", "inet", "t"], code=1, **NOBODY)
        daemon.host.run("nft add table inet of-the-host")
        line = told(daemon, t, daemon.host.id, mark, "the host's table")
        equal(line.get("wallwatch.change.netns.is_host"), True, "netns.is_host", [line])
        nothing(daemon, other.id, "a namespace that is not the host's")


@case("a number that is given again: the lines tell one namespace from another that had it", seconds=120)
def successor(t):
    mark, seen, busy = t.daemon.mark(), [], space(t, "t")
    # Somebody whose changes keep the collector at work, so that an end has to wait.
    storm = busy.start(["/bin/sh", "-c", "while nft add rule inet t c counter; do :; done"])
    try:
        for _ in range(20 if t.in_vm else 60):
            ns = Netns()
            seen.append(ns.id)
            ns.run(["nft", "-f", "-"], input=BASE)
            ns.close()
    finally:
        storm.kill()
        storm.communicate()
    again = len(seen) - len(set(seen))
    check(again > 0, f"no number of {len(seen)} was given again")
    t.daemon.fence(busy)
    last = {}
    for line in t.daemon.since(mark, None, "firewall-changed"):
        if line.netns not in seen:
            continue
        rules = line.get("wallwatch.change.rules")
        check(last.get(line.space, 0) == rules["before"], f"netns {line.space}: {last.get(line.space)} was followed by {rules['before']}", [line])
        last[line.space] = rules["after"]
    check(len(last) > len(set(seen)), "the lines do not tell one from another of the same number", [])


@case("somebody's own namespaces, as many and as full as he likes, keep the host waiting for nothing", seconds=120)
def crowded(t):
    if t.in_vm:
        t.skip("what is measured here is time, and an emulated processor has none of it to spare")
    rules = f"/tmp/wallwatch-{os.getpid()}.nft"
    with open(rules, "w", encoding="utf-8") as file:
        file.write("table inet u { chain c { " + "counter drop; " * 1000 + "}; }\n")
    os.chmod(rules, 0o644)
    # Ten transactions: he cannot have a send buffer for one of 10,000 rules.
    once = f"while :; do unshare -Urn sh -ec 'for i in 0 1 2 3 4 5 6 7 8 9; do nft -f {rules}; done' || exit; done"
    crowd = []
    try:
        with watching(t, "") as daemon:
            daemon.host.run(["nft", "-f", "-"], input="table inet guard { chain c { }; }")
            crowd = [subprocess.Popen(["sh", "-c", once], start_new_session=True, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                      env={"PATH": os.environ["PATH"]}, **NOBODY) for _ in range(3)]
            time.sleep(3)
            if any(one.poll() is not None for one in crowd):
                t.skip(f"no user namespaces for an unprivileged user here: {crowd[0].stderr.read()!r}")
            done = {}
            for number in range(40):
                mark = f"sentinel-{number}"
                daemon.host.run(["nft", "add", "rule", "inet", "guard", "c", "counter", "comment", f'"{mark}"'])
                done[mark] = time.time()
                time.sleep(0.1)
            daemon.fence(daemon.host, 30)
            end(crowd)
            found = {mark: line for line in daemon.lines if line.netns == daemon.host.id for mark in done
                     if line.action == "firewall-changed" and line.get("process.command_line", "").endswith(f'"{mark}"')}
            equal(sorted(set(done) - set(found)), [], "changes of the host that were not told with who made them")
            late = sorted(found[mark].arrived - when for mark, when in done.items())
            check(late[20] < 1 and late[-1] < 5, f"half of them came after {late[20]:.3f} s, the last after {late[-1]:.3f} s")
            others = [line for line in daemon.lines if line.action == "firewall-changed" and line.get("wallwatch.change.netns.user_owned")]
            check(len(others) > 20, f"{len(others)} changes of the others are told")
            lost = [line for line in daemon.lines if line.action == "collector-events-lost" and line.get("wallwatch.collector.lost.firewall")]
            check(not lost, "records of the host's firewall were lost", lost)
            drift = [line for line in daemon.lines if line.action == "model-drift" and line.netns == daemon.host.id]
            check(not drift, "what was told of the host and what stands there differ", drift)
    finally:
        end(crowd)
        os.unlink(rules)


def end(crowd):
    for one in crowd:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(one.pid, signal.SIGKILL)
        one.wait()
