"""What is done while no daemon runs is told by the next one: with its authors, in order, once."""
import contextlib
import os
import random
import signal
import subprocess
import tempfile
import time

from harness.daemon import Daemon, is_fence
from harness.netns import Netns
from harness.outcome import KERNEL, TIER, case, check, equal
from harness.process import check_process


@contextlib.contextmanager
def daemon(t, probes=""):
    """A daemon of the test's own, with pins of its own, and a namespace that it has met."""
    own, ns = Daemon(t.binary, t.tier, t.patience), Netns()
    own.probes = probes
    own.configure('[netns]\nwatch = "all"\n')
    try:
        own.start()
        own.meet(ns)
        yield own, ns
    finally:
        own.close()
        ns.close()


def told(own, ns, mark):
    """The changes of the namespace since the mark, fences left out, when all that came before is told."""
    own.fence(ns)
    return own.since(mark, ns, "firewall-changed")


def chained(lines, before):
    """Each figure begins where the one before it ended."""
    for line in lines:
        equal(line.get("wallwatch.change.rules.before"), before, "rules.before", lines)
        before = line.get("wallwatch.change.rules.after")
    return before


def pinned(own):
    return [name for name in os.listdir(own.pins) if not name.endswith(".debug")]  # the file system's own


def records_on(own, *families):
    """Whether the hooks of these families go on recording without a daemon: no kprobe does before 5.15."""
    started = [line for line in own.lines if line.action == "collector-started"][-1]
    return not set(families) & set(started.get("wallwatch.collector.pinned.not", []))


def need_records(t, own, *families):
    if not records_on(own, *families):
        t.skip(f"this kernel cannot pin the hooks of this tier ({', '.join(families)}): kprobes before 5.15 end with the daemon")


def strike(own):
    """Kills it at any moment, but not right behind a line: it would not be noted yet that it was written (docs/limits.md)."""
    time.sleep(random.uniform(0.005, 0.06) * own.patience)
    own.kill()


def until(holds, seconds, what):
    deadline = time.monotonic() + seconds
    while not holds():
        check(time.monotonic() < deadline, f"not within {seconds} s: {what}")
        time.sleep(0.01)


def gap(own, mark, ns):
    line = own.wait(lambda line: line.action == "firewall-state" and line.get("wallwatch.state.netns.id") == ns.id, mark, 5 * own.patience, "firewall-state of the start")
    found = line.get("wallwatch.state.changed_while_down")
    check(found, "no changed_while_down", [line])
    return found


def restart(t, end):
    with daemon(t) as (own, ns):
        need_records(t, own, "netlink")
        ns.run(["nft", "-f", "-"], input="table inet t { set s { type ipv4_addr; elements = { 192.0.2.1, 192.0.2.2 }; }; chain c { counter; counter; counter; }; }")
        own.fence(ns)
        end(own)
        mark = own.mark()
        deeds = [ns.run(argv) for argv in (
            "nft add rule inet t c drop", "nft delete rule inet t c handle 3", "nft flush set inet t s",
            "nft add chain inet t d", "nft add rule inet t d accept", "nft flush chain inet t c", "nft delete table inet t")]
        own.start()
        lines = told(own, ns, mark)
        equal(len(lines), len(deeds), "how many changes are told of those made while it was down", lines)
        for line, done in zip(lines, deeds):
            check_process(line, "/usr/sbin/nft", done.argv, done.pid, began=done.began)
            equal(line.get("wallwatch.change.while_down"), True, "while_down", [line])
            equal(line.get("wallwatch.change.attributed"), True, "attributed", [line])
        equal(chained(lines, 3), 0, "rules at the end", lines)
        equal([line.ops()[0]["op"] for line in lines[:5]], ["add-rule", "delete-rule", "flush-set", "add-chain", "add-rule"], "operations", lines)
        found = gap(own, mark, ns)
        equal((found["changed"], found["reboot"], found["changes_told"]), (True, False, len(deeds)), "changed_while_down", [found])
        equal(found["rules"], {"before": 3, "after": 0, "delta": -3}, "changed_while_down.rules", [found])
        check(not own.since(mark, ns, "model-drift"), "drift", own.since(mark, ns, "model-drift"))
        # And the one after that has nothing to tell.
        mark = own.mark()
        own.kill()
        own.start()
        equal(told(own, ns, mark), [], "what was told is not told again")
        return own.since(mark)


@case("changes made after kill -9 are told by the next daemon, once, with who made them", seconds=90, depends=TIER)
def killed(t):
    restart(t, strike)


@case("changes made between stop and start are told by the next daemon", seconds=90)
def stopped(t):
    restart(t, lambda own: own.stop())


@case("who killed the daemon is told by the next one", seconds=60)
def killer(t):
    with daemon(t) as (own, ns):
        done = ns.run(["/bin/sh", "-c", f"kill -9 {own.process.pid}; :"])
        own.process.wait()
        mark = own.mark()
        own.start()
        line = own.wait(lambda line: line.action == "collector-tampered", mark, 5 * t.patience, "collector-tampered")
        equal(line.get("process.pid"), done.pid, "who killed it", [line])
        equal(line.get("wallwatch.collector.signal"), 9, "the signal", [line])


@case("legacy tables and ipsets changed while it was down are told with who changed them", seconds=90, depends=TIER)
def other_backends(t):
    with daemon(t) as (own, ns):
        need_records(t, own, "netlink")
        ns.run("iptables-legacy -A INPUT -p tcp --dport 22 -j ACCEPT")
        ns.run("ipset create bad hash:ip")
        ns.run("ipset add bad 192.0.2.1")
        own.fence(ns)
        time.sleep(0.5 * t.patience)  # the last look at a legacy table comes 0.3 s after it was replaced
        own.kill()
        mark = own.mark()
        deeds = [ns.run(argv) for argv in (
            "iptables-legacy -A INPUT -p tcp --dport 23 -j DROP", "ipset add bad 192.0.2.2", "iptables-legacy -P INPUT DROP",
            "ipset add bad 192.0.2.3", "iptables-legacy -F INPUT", "ipset flush bad", "nft add table inet t", "ipset destroy bad")]
        own.start()
        lines = told(own, ns, mark)
        equal([line.get("process.pid") for line in lines], [done.pid for done in deeds], "who did it, in order", lines)
        equal(chained(lines, 1), 0, "rules at the end", lines)
        equal([line.get("wallwatch.change.elements.after") for line in lines], [1, 2, 2, 3, 3, 0, 0, 0], "elements", lines)
        policy = [op for op in lines[2].ops() if op["op"] == "policy"]
        equal([op.get("policy") for op in policy], [{"before": "accept", "after": "drop"}], "the policy", lines[2:3])
        check(not own.since(mark, ns, "model-drift"), "drift", own.since(mark, ns, "model-drift"))


@case("what was done in a namespace that was made while it was down is told", seconds=60)
def newcomer(t):
    with daemon(t) as (own, _):
        need_records(t, own, "netlink")
        own.kill()
        mark, fresh = own.mark(), Netns()
        try:
            deeds = [fresh.run(argv) for argv in (
                "nft add table inet t", "nft add chain inet t c", "nft add rule inet t c counter", "ipset create bad hash:ip",
                "ipset add bad 192.0.2.1", "iptables-legacy -A INPUT -j DROP", "nft flush chain inet t c")]
            own.start()
            lines = told(own, fresh, mark)
            equal([line.get("process.pid") for line in lines], [done.pid for done in deeds], "who did it, in order", lines)
            equal(chained(lines, 0), 1, "rules at the end", lines)
            drift = own.since(mark, fresh, "model-drift")
            check(not drift, "drift", drift)
        finally:
            fresh.close()


@case("of a storm of changes through a kill each is told once", seconds=120, depends=KERNEL)
def storm(t):
    count, pause = (40, 0.2) if t.in_vm else (150, 0.05)
    with daemon(t) as (own, ns):
        need_records(t, own, "netlink")
        ns.run("nft add table inet t")
        ns.run("nft add chain inet t c")
        own.fence(ns)
        mark = own.mark()
        loop = ns.start(["/bin/sh", "-c", f"for i in $(seq {count}); do nft add rule inet t c tcp dport $i accept; sleep {pause}; done"], stdin=subprocess.DEVNULL)
        for _ in range(3):
            own.wait(lambda line: line.action == "firewall-changed" and line.netns == ns.id, own.mark(), 20 * t.patience, "a change of the storm")
            strike(own)
            own.start()
        loop.communicate()
        lines = [line for line in told(own, ns, mark) if "add-rule" in [op["op"] for op in line.ops()]]
        lost = [line for line in own.since(mark) if line.action == "model-drift" and line.netns == ns.id]
        check(not lost, "drift", lost)
        equal([line.get("wallwatch.change.rules.after") for line in lines], list(range(1, count + 1)), f"the changes told, of {count}", lines[:3])
        check(all(line.get("wallwatch.change.attributed") for line in lines), "not all with who made them", lines)


@case("a disk that is full when it is killed: what it told is known to the next one, and nothing is told as nobody's", seconds=60, depends=KERNEL)
def unsaved(t):
    with daemon(t) as (own, ns):
        need_records(t, own, "netlink")
        ns.run(["nft", "-f", "-"], input="table inet t { chain c { }; }")
        own.fence(ns)
        own.stop()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", own.state], check=True)
        try:
            own.start()
            ns.run("nft add rule inet t c tcp dport 1 accept")
            own.settle(ns)
            with open(own.state + "/filler", "wb", buffering=0) as filler, contextlib.suppress(OSError):
                while True:
                    filler.write(b"\0" * 512)
            mark = own.mark()
            # Large enough for the state to need more room than it has.
            rules = "".join(f"add rule inet t c tcp dport {port} counter accept\n" for port in range(2, 5000))
            ns.run(["nft", "-f", "-"], input=rules)
            line = own.wait(lambda line: line.action == "collector-coverage-changed" and "cannot be saved" in line.get("event.reason", ""), mark, 20 * t.patience, "that the state cannot be saved")
            check("No space left" in line.get("event.reason"), "the reason is not that", [line])
            own.fence(ns)
            own.kill()
            os.unlink(own.state + "/filler")
            mark = own.mark()
            own.start()
            own.fence(ns)
            equal(own.since(mark, ns, "model-drift"), [], "drift")
            mark = own.mark()
            ns.run("nft add rule inet t c tcp dport 5000 accept")
            found = told(own, ns, mark)
            equal(found[0].get("wallwatch.change.rules"), {"before": 4999, "after": 5000, "delta": 1}, "the rules that stand", found)
        finally:
            own.stop()
            subprocess.run(["umount", "-l", own.state], check=False)


@case("with --no-pin nothing stays in the kernel, and the gap is told from the saved state", seconds=60)
def unpinned(t):
    with daemon(t) as (own, ns):
        ns.run(["nft", "-f", "-"], input="table inet t { chain c { counter; counter; }; }")
        own.fence(ns)
        own.stop()
        line = own.start("--no-pin")
        equal(line.get("wallwatch.collector.pinned"), {"reason": "it was not asked for"}, "pinned", [line])
        # What the one before left is let go when it has been told.
        until(lambda: not pinned(own), 5 * t.patience, "nothing is pinned")
        own.kill()
        mark = own.mark()
        ns.run("nft flush chain inet t c")
        own.start("--no-pin")
        found = gap(own, mark, ns)
        equal((found["rules"]["delta"], found["changes_told"], found["changed"]), (-2, 0, True), "changed_while_down", [found])
        equal([op["op"] for op in found["operations"]], ["flush-chain"], "changed_while_down.operations", [found])
        equal(own.since(mark, ns, "firewall-changed", "model-drift"), [], "lines that nobody could have seen the reason of")


@case("unpin ends the recording, but not under a running daemon", seconds=60)
def unpin(t):
    with daemon(t) as (own, ns):
        words = [t.binary, "unpin", "--config", own.config]
        busy = subprocess.run(words, capture_output=True, text=True, check=False)
        equal(busy.returncode, 75, f"the status of unpin while a daemon runs: {busy}")
        check(os.listdir(own.pins + "/wallwatch"), "nothing is pinned")
        equal(os.stat(own.pins + "/wallwatch").st_mode & 0o777, 0o700, "the mode of the folder")
        own.stop()
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        equal((done.returncode, pinned(own)), (0, []), f"unpin: {done}")
        equal(subprocess.run(words, capture_output=True, check=False).returncode, 0, "a second unpin")
        mark = own.mark()
        ns.run("nft add table inet t")
        line = own.start()
        equal(line.get("wallwatch.collector.inherited"), None, "inherited", [line])
        check("add-table" in [op["op"] for op in gap(own, mark, ns)["operations"]], "the gap does not tell of the new table")


@case("records of another layout are counted as lost, and the gap is told", seconds=60)
def other_layout(t):
    with daemon(t) as (own, ns):
        need_records(t, own, "netlink")
        own.settle(ns)
        own.kill()
        subprocess.run(["/usr/bin/python3", t.deed("lay_hands.py"), "mark-layout", own.pins + "/wallwatch/duty"], check=True)
        folder = next(name for name in os.listdir(own.pins + "/wallwatch") if name != "duty")
        first, _, owner = folder.split("-")
        os.rename(f"{own.pins}/wallwatch/{folder}", f"{own.pins}/wallwatch/{first}-99-{owner}")
        ns.run("nft add table inet t")
        mark = own.mark()
        line = own.start()
        equal(line.get("wallwatch.collector.inherited.readable"), False, "readable", [line])
        lost = own.wait(lambda line: line.action == "collector-events-lost", mark, 5 * t.patience, "collector-events-lost")
        check(lost.get("wallwatch.collector.lost.unreadable") > 0, "no count", [lost])
        equal(gap(own, mark, ns)["operations"][0]["op"], "add-table", "what changed")
        mark = own.mark()
        ns.run("nft add table inet u")
        equal(len(told(own, ns, mark)), 1, "changes told afterwards", own.since(mark))


@case("a ring that ran over while nobody read is told, with how much was lost", seconds=90)
def overflown(t):
    with daemon(t, "ring_bytes = 262144\n") as (own, ns):
        need_records(t, own, "netlink")
        ns.run("nft add table inet t")
        ns.run("nft add chain inet t c")
        own.settle(ns)
        own.kill()
        mark = own.mark()
        script = "".join(f"add rule inet t c tcp dport {port} accept comment \"{'x' * 100}\"\n" for port in range(1, 100))
        for _ in range(20):
            ns.run(["nft", "-f", "-"], input=script)
        own.start()
        lost = own.wait(lambda line: line.action == "collector-events-lost", mark, 5 * t.patience, "collector-events-lost")
        check(lost.get("wallwatch.collector.lost.firewall") > 0, "no firewall record was lost", [lost])
        equal(lost.get("process.name"), "nft", "whose record found no room last", [lost])
        found = gap(own, mark, ns)
        equal(found["rules"]["after"], 20 * 99, "rules after", [found])
        rest = own.since(mark, ns, "firewall-changed", "model-drift")
        equal(rest[-1].get("wallwatch.change.rules.after"), 20 * 99, "rules after the last line", rest)
        mark = own.mark()
        ns.run("nft add rule inet t c accept")
        equal([line.get("wallwatch.change.rules.delta") for line in told(own, ns, mark)], [1], "afterwards", own.since(mark))


@case("whoever fills the ring from a namespace of his own leaves the host's changes their half: by nft, by legacy tables, by signals", seconds=180)
def crowded(t):
    base, more = "table inet guard { chain c { type filter hook input priority 0; policy drop; }; }", "".join(f"ip saddr 192.0.2.{n} tcp dport {n} drop; " for n in range(1, 120))
    # Signals that a manager would take for an order to shut down, to the first process of a pid namespace of his own.
    signals = "import os, signal; signal.signal(37, lambda *_: None); os.fork() or [os.kill(1, 37) for _ in range(5000)] and os._exit(0); os.wait()"
    for script in (
        "nft 'add table t; add chain t c'; for i in $(seq 200); do nft add rule t c tcp dport $i drop || exit; done",
        "for i in $(seq 200); do iptables-legacy -A INPUT -p tcp --dport $i -j DROP || exit; done",
        f"exec unshare -pf /usr/bin/python3 -c '{signals}'"):
        with daemon(t, "ring_bytes = 262144\n") as (own, ns):
            need_records(t, own, "netlink", "xtables")
            own.host.run(["nft", "-f", "-"], input=base)
            own.fence(own.host)
            own.kill()
            mark = own.mark()
            with tempfile.TemporaryDirectory(prefix="wwtest-") as folder:
                os.chmod(folder, 0o777)
                done = subprocess.run(
                    ["unshare", "-Urn", "sh", "-c", script], user=65534, group=65534, extra_groups=[], stdin=subprocess.DEVNULL, capture_output=True,
                    text=True, check=False, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "XTABLES_LOCKFILE": f"{folder}/lock"})
            if done.returncode:
                t.skip(f"no firewall for an unprivileged user here: {done.stderr[-200:]!r}")
            change = own.host.run(["nft", "-f", "-"], input=f"table inet guard {{ chain more {{ {more}}}; }}")
            own.start()
            lines = told(own, own.host, mark)
            equal([line.get("process.pid") for line in lines], [change.pid], f"who changed the host after {script}", own.since(mark, own.host, "firewall-changed", "model-drift"))
            own.wait(lambda line: line.get("wallwatch.collector.lost.user_namespaces"), mark, 5 * t.patience, f"that the half was filled by {script}")
            lost = [line.get("wallwatch.collector.lost") for line in own.since(mark) if line.action == "collector-events-lost"]
            check(not any(found.get("firewall") for found in lost), f"records of the host's firewall were lost: {lost}")


@case("after a reboot the state is compared with what was saved", seconds=60)
def rebooted(t):
    with daemon(t) as (own, ns):
        with own.host.inside():
            subprocess.run(["nft", "-f", "-"], input="table inet t { chain c { type filter hook input priority 0; policy drop; counter; counter; counter; }; }", text=True, check=True)
        own.fence(own.host)
        own.stop()
        subprocess.run([t.binary, "unpin", "--config", own.config], check=True, capture_output=True)
        with own.host.inside():
            subprocess.run(["nft", "-f", "-"], input="flush ruleset; table inet t { chain c { type filter hook input priority 0; policy accept; counter; }; }", text=True, check=True)
        boot = own.folder + "/boot_id"
        with open(boot, "w", encoding="utf-8") as file:
            file.write("11111111-2222-3333-4444-555555555555\n")
        mark = own.mark()
        own.start(before=["unshare", "-m", "/bin/sh", "-c", f'mount --bind {boot} /proc/sys/kernel/random/boot_id && exec "$@"', "sh"])
        found = gap(own, mark, own.host)
        equal((found["reboot"], found["changed"], found["rules"]), (True, True, {"before": 3, "after": 1, "delta": -2}), "changed_while_down", [found])
        equal([(op["op"], op.get("count"), op.get("policy")) for op in found["operations"]],
              [("policy", None, {"before": "drop", "after": "accept"}), ("delete-rule", 2, None)], "operations", [found])
        equal(own.since(mark, own.host, "firewall-changed", "model-drift"), [], "lines for what a boot did")


@case("nobody hides behind the pid of a daemon that is dead", seconds=60)
def reused_pid(t):
    with daemon(t) as (own, ns):
        need_records(t, own, "netlink")
        pid = own.process.pid
        own.kill()
        mark = own.mark()
        script = f"for i in $(seq 50); do echo {pid - 1} >/proc/sys/kernel/ns_last_pid; nft add table inet t$i & wait; done; :"
        ns.run(["/bin/sh", "-c", script])
        own.start()
        lines = told(own, ns, mark)
        pids = [line.get("process.pid") for line in lines]
        if pid not in pids and len(pids) == 50:
            t.skip(f"the kernel gave pid {pid} to nobody")
        equal(len(lines), 50, "changes told", lines[:2])
