"""The command line: exit codes of sysexits.h, a sentence on stderr, events and nothing else on stdout."""
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

from harness.daemon import GOOD as SHARED, UNPINNED as GOOD
from harness.line import Line, faults
from harness.netns import Netns
from harness.outcome import TIER, case, check, equal

NOBODY = dict(user=65534, group=65534, extra_groups=[])
COMMANDS = ("run", "doctor", "schema", "check-config", "demo")
TRACE = re.compile(r"Fatal error|Stack dump|Program crashed|💣|Traceback|fatalError|^\s*#?\d+ .* in ", re.M)
BAD_CONFIGS = {
    "an unknown key": ('[netns]\nwatch = "all"\nwacht = "all"\n', 3),
    "an unknown section": ("[netz]\n", 1),
    "a wrong type": ("[netns]\nwatch = 7\n", 2),
    "a value that is none of those allowed": ('[netns]\nwatch = "sometimes"\n', 2),
    "no TOML": ("[netns]\nwatch = = \n", 2),
    "an unended string": ('[output]\nformat = "ecs\n', 2),
    "bytes that are no text": ("\x00\x01\x02", 1),
}


class Folder:
    """A folder with a configuration and room for a state, gone afterwards."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="wwtest-")
        os.chmod(self.path, 0o755)
        self.config, self.state = os.path.join(self.path, "x.toml"), os.path.join(self.path, "state")
        os.mkdir(self.state, 0o777)
        self.write(GOOD)
        return self

    def write(self, text):
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(text)

    def __exit__(self, *_):
        shutil.rmtree(self.path)


def wallwatch(t, *words, code, **options):
    """Runs it in a namespace of the test's; the status must be one of `code`, and a failure must be a sentence."""
    codes = code if isinstance(code, tuple) else (code,)
    done = t.ns.run([t.binary, *words], code=None, **options)
    check(done.code in codes, f"the status should be {' or '.join(map(str, codes))}: {done}")
    check(not TRACE.search(done.err), f"a trace on stderr: {done.err[:2000]}")
    if done.code:
        check(done.err.strip(), f"nothing on stderr: {done}")
        check(not done.out.strip(), f"an error put something on stdout: {done}")
    return done


@case("an unknown option, command, format, tier or duration ends with 64")
def usage(t):
    for words in (["run", "--no-such-option"], ["no-such-command"], ["run", "--format", "xml"], ["run", "--tier", "best"], ["run", "--duration", "soon"], ["check-config"]):
        wallwatch(t, *words, code=64)


@case("--version and --help answer on stdout and end with 0")
def version(t):
    done = wallwatch(t, "--version", code=0)
    check(re.search(r"\d+\.\d+", done.out), f"no version in {done.out!r}")
    check("run" in wallwatch(t, "--help", code=0).out, "the help names no command")
    for command in COMMANDS:
        check(wallwatch(t, command, "--help", code=0).out, f"no help for {command}")


@case("a bad configuration ends with 78 and says where: file, line, column")
def bad_config(t):
    with Folder() as folder:
        for what, (text, number) in BAD_CONFIGS.items():
            folder.write(text)
            for words in (["check-config", folder.config], ["run", "--config", folder.config, "--state-dir", folder.state]):
                done = wallwatch(t, *words, code=78)
                place = re.search(re.escape(folder.config) + r":(\d+):(\d+)", done.err)
                check(place, f"{what}: no file:line:column in {done.err!r}")
                equal(int(place[1]), number, f"{what}: the line number in {done.err!r}")


@case("a good configuration, an empty one, and one that is not there")
def good_config(t):
    with Folder() as folder:
        wallwatch(t, "check-config", folder.config, code=0)
        folder.write("")
        wallwatch(t, "check-config", folder.config, code=0)
        wallwatch(t, "check-config", folder.path + "/absent.toml", code=(66, 78))
        wallwatch(t, "run", "--config", folder.path + "/absent.toml", "--state-dir", folder.state, code=(66, 78))
        wallwatch(t, "check-config", folder.path, code=(66, 78))


@case("without root, run ends with 77 and names the capability")
def unprivileged(t):
    with Folder() as folder:
        binary = folder.path + "/wallwatch"  # where the build is may be closed to others
        shutil.copy(t.binary, binary)
        done = t.ns.run([binary, "run", "--config", folder.config, "--state-dir", folder.state], code=77, **NOBODY)
        check("CAP_" in done.err and not TRACE.search(done.err), f"stderr names no capability: {done.err!r}")
        check(not done.out, "something on stdout")


@case("a second instance ends with 75 and names the first one's pid")
def second(t):
    done = wallwatch(t, "run", "--config", t.daemon.config, "--state-dir", t.daemon.state, code=75)
    check(str(t.daemon.process.pid) in done.err, f"the pid {t.daemon.process.pid} is not named: {done.err!r}")


@case("a state directory that cannot be one is a sentence, not a trace")
def bad_state(t):
    with Folder() as folder:
        wallwatch(t, "run", "--config", folder.config, "--state-dir", folder.config, code=tuple(range(64, 79)))
        wallwatch(t, "run", "--config", folder.config, "--state-dir", "/proc/nowhere", code=tuple(range(64, 79)))


@case("schema prints a JSON Schema that tells the fields")
def schema(t):
    text = wallwatch(t, "schema", code=0).out
    schema = json.loads(text)
    check("$schema" in schema, "no $schema")
    check("@timestamp" in text and "wallwatch" in text and "operations" in text, "the schema does not tell the fields")


@case("doctor says of each family which tiers this kernel allows, what they cost and what stays blind", depends=TIER)
def doctor(t):
    report = json.loads(wallwatch(t, "doctor", "--json", code=0).out)
    started = next(line for line in t.daemon.lines if line.action == "collector-started")
    table = None if t.in_vm else wallwatch(t, "doctor", code=0).out  # which takes as long again, and longest there
    for family in report["families"]:
        name, tiers = family["family"], family["tiers"]
        for tier in tiers:
            told = ("hooks", "cost", "blind") if tier["available"] else ("hooks", "reason")
            check(all(tier.get(key) for key in told), f"{name}, {tier['tier']}: not all of {told} is told: {tier}")
            check(table is None or all(tier[key] in table for key in told), f"{name}, {tier['tier']}: the table lacks what --json has: {table}")
        possible = [tier["tier"] for tier in tiers if tier["available"]] or ["none"]
        equal(family["tier"], possible[0], f"the tier of {name}, the best that is available")
        # What doctor finds, run can do: the daemon was started in its best tier, or in the one asked for.
        used = started.get(f"wallwatch.collector.tier.{name}")
        if t.tier in ("auto", *(tier["tier"] for tier in tiers)) or len(tiers) == 1:
            check(used in possible, f"{name} runs in {used}, and doctor allows {possible}", [started])
        else:
            equal(used, "none", f"the tier that {name} runs in, which has no {t.tier}", [started])
        if t.tier == "auto":
            equal(used, possible[0], f"the tier that {name} runs in", [started])


@case("demo shows three weakenings and leaves the host's firewall alone", seconds=90)
def demo(t):
    def machine():
        return [subprocess.run(argv, capture_output=True, text=True).stdout for argv in (["nft", "list", "ruleset"], ["ip", "netns", "list"])]

    ns, before, mark, began = t.ns, machine(), t.daemon.mark(), time.monotonic()
    done = wallwatch(t, "demo", code=0)
    took = time.monotonic() - began
    t.daemon.fence(ns)
    equal(machine(), before, "the machine's ruleset and namespaces")
    equal(ns.counts(), (0, 0), "the counts of the namespace demo was started in")
    moved = t.daemon.since(mark, ns, "firewall-changed")
    check(not moved, "the namespace demo was started in was changed", moved)
    lines = [Line(text.encode(), 0, 0) for text in done.out.splitlines()]
    for line in lines:
        check(not faults(line), f"{faults(line)}", [line])
    changed = [line for line in lines if line.action == "firewall-changed"]
    check(len(changed) >= 3, f"{len(changed)} lines tell of changes", lines)
    check(took < 15 * t.patience, f"demo took {took:.0f} s")


@case("run --duration ends by itself, and the sequence goes on after a restart")
def duration(t):
    with Folder() as folder:
        last = None
        for _ in range(2):
            done = wallwatch(t, "run", "--config", folder.config, "--state-dir", folder.state, "--duration", "1", code=0)
            lines = [Line(text.encode(), 0, 0) for text in done.out.splitlines()]
            equal(lines[-1].action, "collector-stopped", "the last line", lines[-3:])
            check(any(line.action == "collector-started" for line in lines), "no collector-started", lines)
            numbers = [line.sequence for line in lines]
            first = numbers[0] if last is None else last + 1
            equal(numbers, list(range(first, first + len(lines))), "event.sequence", lines)
            last = numbers[-1]


@case("SIGHUP: a bad configuration is refused with an event, a good one is taken")
def reload(t):
    daemon, mark = t.daemon, t.daemon.mark()
    try:
        daemon.configure('[netns]\nwatch = "all"\nwacht = 1\n')
        daemon.signal(signal.SIGHUP)
        line = daemon.wait(lambda line: line.action == "collector-config-refused", mark, 5 * t.patience, "collector-config-refused")
        check("3:" in line.text, "the line does not say where", [line])
    finally:
        daemon.configure(SHARED)
    daemon.signal(signal.SIGHUP)
    daemon.wait(lambda line: line.action == "collector-config-reloaded", mark, 5 * t.patience, "collector-config-reloaded")
    t.change("nft add table inet still-watched").op("add-table", table="still-watched")


@case("output that cannot be written ends with 74, and no file of ours takes its place")
def unwritable(t):
    with Folder() as folder:
        for output in (">&-", ">/dev/full"):
            command = f'exec "{t.binary}" run --config "{folder.config}" --state-dir "{folder.state}" --duration 0.2 {output}'
            done = subprocess.run(["/bin/sh", "-c", command], stderr=subprocess.PIPE, timeout=60)
            equal(done.returncode, 74, f"the exit status with {output}: {done.stderr[-300:]}")
            check(done.stderr.strip() and b"Fatal" not in done.stderr, f"{output}: no clear sentence: {done.stderr[-300:]}")
        with open(f"{folder.state}/lock") as lock:
            check(lock.read().strip().isdigit(), "the lock file holds more than a pid")


@case("a signal that would kill is told, and does not")
def deaf(t):
    mark = t.daemon.mark()
    t.daemon.signal(signal.SIGUSR2)
    line = t.daemon.wait(lambda line: line.action == "collector-tampered", mark, 5 * t.patience, "collector-tampered")
    equal(line.get("wallwatch.collector.signal"), int(signal.SIGUSR2), "the signal", [line])
    equal(line.get("process.pid"), os.getpid(), "who sent it", [line])


@case("SIGUSR1 asks for the state")
def state(t):
    t.prepare(["nft", "-f", "-"], input="table inet t { chain c { counter; counter; }; }")
    mark = t.daemon.mark()
    t.daemon.signal(signal.SIGUSR1)
    t.daemon.wait(lambda line: line.action == "firewall-state" and t.ns.id in line.text, mark, 10 * t.patience, f"firewall-state of netns {t.ns.id}")


@case("rules that were there before the start are counted in the first change")
def before_start(t):
    # A daemon of its own, whose namespaces hold rules already.
    with Folder() as folder:
        ns = Netns()
        t.spaces.append(ns)
        ns.run(["nft", "-f", "-"], input="table inet t { set s { type ipv4_addr; elements = { 1.2.3.4, 1.2.3.5 }; }; chain c { counter; counter; counter; }; }")
        legacy = ns.run(["iptables-legacy", "-A", "INPUT", "-j", "DROP"], code=None).code == 0
        ipset = ns.run(["ipset", "create", "i", "hash:ip"], code=None).code == 0 and ns.run("ipset add i 1.1.1.1").code == 0
        rules, elements = 3 + legacy, 2 + ipset
        equal(ns.counts(), (rules, elements), "the counts before")
        process = ns.start([t.binary, "run", "--config", folder.config, "--state-dir", folder.state], text=False)
        try:
            lines = []
            for raw in process.stdout:
                lines.append(Line(raw.rstrip(b"\n"), time.time(), 0))
                if lines[-1].action == "collector-started":
                    ns.run("nft flush ruleset")
                if lines[-1].action == "firewall-changed" and lines[-1].netns == ns.id:
                    break
        finally:
            process.terminate()
            _, stderr = process.communicate()
        check(lines and lines[-1].action == "firewall-changed", f"it ended before: {stderr.decode()[-1000:]}", lines[-5:])
        equal(process.returncode, 0, "the status after SIGTERM")
        equal(lines[-1].get("wallwatch.change.rules"), {"before": rules, "after": rules - 3, "delta": -3}, "rules", lines[-1:])
        equal(lines[-1].get("wallwatch.change.elements"), {"before": elements, "after": elements - 2, "delta": -2}, "elements", lines[-1:])
        equal(lines[-1].get("wallwatch.change.netns.is_host"), True, "netns.is_host", lines[-1:])
