"""Hands laid on the collector itself: its pins, its maps, its links."""
import os
import signal
import subprocess
import time

from cases.restart import daemon, pinned, records_on, told
from harness.outcome import KERNEL, case, check, equal


def tampered(own, mark, seconds=None, **fields):
    wanted = lambda line: line.action == "collector-tampered" and all(line.get("wallwatch.collector." + key) == value for key, value in fields.items())  # noqa: E731
    return own.wait(wanted, mark, seconds or 5 * own.patience, f"collector-tampered {fields}")


def hands(t, *words):
    return ["/usr/bin/python3", t.deed("lay_hands.py"), *words]


def sees_who(own):
    """Whether this kernel allows the hooks that see it."""
    started = [line for line in own.lines if line.action == "collector-started"][-1]
    return started.get("wallwatch.collector.tier.tampering") != "restricted"


def members(own):
    return sorted(name for _, _, names in os.walk(own.pins + "/wallwatch") for name in names)


@case("a pin that is taken away is told, and put back", seconds=60)
def unpinned(t):
    with daemon(t) as (own, ns):
        before = members(own)
        check("records" in before and "process_exec" in before, f"pins: {before}")
        path = next(os.path.join(folder, "process_exec") for folder, _, names in os.walk(own.pins + "/wallwatch") if "process_exec" in names)
        mark = own.mark()
        done = ns.run(["/bin/rm", path])
        line = tampered(own, mark)
        if sees_who(own):
            equal((line.get("process.pid"), line.get("process.name"), line.get("wallwatch.collector.pin")), (done.pid, os.path.basename(os.path.realpath("/bin/rm")), "process_exec"), "who took it", [line])
        else:
            equal(line.get("wallwatch.collector.pins"), ["process_exec"], "what was taken", [line])
        own.fence(ns)
        deadline = time.monotonic() + 5 * t.patience
        while members(own) != before and time.monotonic() < deadline:
            time.sleep(0.1)
        equal(members(own), before, "the pins")
        equal(len([line for line in own.since(mark) if line.action == "collector-tampered"]), 1, "lines", own.since(mark))
        if not records_on(own, "netlink"):
            return
        own.kill()  # they are good
        mark = own.mark()
        ns.run("nft add table inet t")
        own.start()
        equal(len(told(own, ns, mark)), 1, "changes told after that", own.since(mark))


@case("pins that were taken away while no daemon ran are told by the next one, what unpin took is not", seconds=60, depends=KERNEL)
def gone(t):
    with daemon(t) as (own, ns):
        own.kill()
        subprocess.run(["rm", "-r", own.pins + "/wallwatch"], check=True)
        mark = own.mark()
        own.start()
        line = tampered(own, mark)
        check("gone" in line.get("event.reason"), "the reason", [line])
        own.stop()
        subprocess.run([t.binary, "unpin", "--config", own.config, "--state-dir", own.state], check=True, capture_output=True)
        equal(pinned(own), [], "what is pinned")
        mark = own.mark()
        own.start()
        own.fence(ns)
        equal([line for line in own.since(mark) if line.action == "collector-tampered"], [], "lines for what unpin took")


@case("maps that others open are told, with who opened them", seconds=60)
def opened(t):
    with daemon(t) as (own, ns):
        if not sees_who(own):
            t.skip("this kernel allows no hook that sees it (docs/limits.md)")
        mark = own.mark()
        done = ns.run(hands(t, "read-maps"))
        line = tampered(own, mark, deed="map-read")
        equal((line.get("process.pid"), line.get("process.user.id")), (done.pid, "0"), "who read", [line])
        done = ns.run(hands(t, "open-map", "duty"))
        line = tampered(own, mark, deed="map-open", id=int(done.out))
        equal(line.get("process.pid"), done.pid, "who opened it", [line])
        own.fence(ns)
        lines = [line for line in own.since(mark) if line.action == "collector-tampered"]
        check(len(lines) <= 4, f"{len(lines)} lines for two processes", lines)


@case("a link that is detached is told, and attached anew", seconds=90)
def detached(t):
    with daemon(t) as (own, ns):
        mark = own.mark()
        done = ns.run(hands(t, "detach-cgroup-links"))
        if done.out.strip() == "0":
            t.skip("no hook here is a link that can be detached")
        if sees_who(own):
            line = tampered(own, mark, deed="link-detach")
            equal(line.get("process.pid"), done.pid, "who detached it", [line])
        tampered(own, mark, 15 * t.patience, family="xtables")
        tampered(own, mark, 15 * t.patience, family="sysctl")
        own.wait(lambda line: line.action == "collector-coverage-changed", mark, 5 * t.patience, "collector-coverage-changed")
        mark = own.mark()
        done = ns.run("iptables-legacy -A INPUT -j DROP")
        own.wait(lambda line: line.action == "firewall-changed" and line.get("process.pid") == done.pid, mark, 5 * t.patience, "the change after that")


@case("signals to the daemon are told with who sent them, SIGSTOP when it goes on", seconds=60)
def signalled(t):
    with daemon(t) as (own, ns):
        mark = own.mark()
        done = ns.run(["/bin/sh", "-c", f"kill -STOP {own.process.pid}; :"])
        time.sleep(0.3)
        changes = [ns.run(argv) for argv in ("nft add table inet t", "nft add chain inet t c")]
        os.kill(own.process.pid, signal.SIGCONT)
        line = tampered(own, mark, signal=signal.SIGSTOP.value)
        equal(line.get("process.pid"), done.pid, "who stopped it", [line])
        equal([line.get("process.pid") for line in told(own, ns, mark)], [done.pid for done in changes], "what was done meanwhile", own.since(mark))
