"""Getting out: slow, stopped and vanished readers, full disks, rotation, odd files, prefixes, and the metrics file."""
import contextlib
import fcntl
import glob
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time

from harness import promtool
from harness.line import Line, faults
from harness.netns import Netns
from harness.outcome import case, check, equal
from harness.schema import errors

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "deeds"))
from raw_netlink import Batch, send  # noqa: E402

F_SETPIPE_SZ = 1031
# The smallest there is: a burst is faster than the thread that makes room, and what finds none is lost, and told.
SMALLEST = 'queue_bytes = "64KiB"\n'
SMALL = 'queue_bytes = "1MiB"\n'


class Own:
    """A daemon of the test's own, in a namespace of its own, with what it writes to in the test's hands."""

    def __init__(self, t, output="", pin=False, state=None, emit='["firewall"]'):
        self.t, self.process, self.count = t, None, 0
        self.folder = tempfile.mkdtemp(prefix="wwout-")
        os.chmod(self.folder, 0o755)
        self.ns = Netns()
        self.state = state or os.path.join(self.folder, "state")
        self.pins = os.path.join(self.folder, "bpf")
        os.mkdir(self.pins)
        subprocess.run(["mount", "-t", "bpf", "bpf", self.pins], check=True)
        self.mounts = [self.pins]
        self.config = os.path.join(self.folder, "x.toml")
        self.metrics = os.path.join(self.folder, "wallwatch.prom")
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(
                f'[output]\nemit = {emit}\nmetrics_file = "{self.metrics}"\nmetrics_interval = "1s"\n{output}'
                f'[netns]\nwatch = "host"\n[config_files]\nwatch = false\n[text]\nmax_rules = 0\n[services]\nlisten = false\n'
                f'[probes]\npin = {str(pin).lower()}\npin_directory = "{self.pins}/w"\n')

    def path(self, name):
        return os.path.join(self.folder, name)

    def tmpfs(self, name, size):
        path = self.path(name)
        os.mkdir(path)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", path], check=True)
        self.mounts.append(path)
        return path

    def start(self, *words, stdout=None, wait=True):
        """Starts it; with `wait`, until its figures are there: it is ready then."""
        if os.path.exists(self.metrics):
            os.unlink(self.metrics)
        argv = [self.t.binary, "run", "--config", self.config, "--state-dir", self.state, *words]
        argv += ["--tier", self.t.tier] if self.t.tier != "auto" else []
        with open(self.path("stderr"), "ab") as stderr, self.ns.inside():
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=stdout or subprocess.DEVNULL, stderr=stderr)
        if wait:
            self.until(lambda: self.figure("wallwatch_up") == 1, "ready")

    def pipe(self, size=4096):
        """The writing end for the daemon; the reading end stays here, and nobody reads."""
        reading, writing = os.pipe()
        fcntl.fcntl(writing, F_SETPIPE_SZ, size)
        return reading, writing

    def until(self, reached, what, seconds=90):
        deadline = time.monotonic() + seconds * self.t.patience
        while not reached():
            check(self.process.poll() is None, f"it ended with {self.process.poll()} before it was {what}: {self.said()[-800:]}")
            check(time.monotonic() < deadline, f"not {what} within {seconds} s; its figures: {self.figures()}; {self.said()[-800:]}")
            time.sleep(0.05)

    def said(self):
        with open(self.path("stderr"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def figures(self):
        try:
            with open(self.metrics, encoding="utf-8") as file:
                return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in file if not line.startswith("#")}
        except FileNotFoundError:
            return {}

    def figure(self, name):
        return self.figures().get(name)

    def change(self, count):
        """So many changes of the firewall, one after the other: tables t0, t1, …"""
        with self.ns.inside():
            for _ in range(count):
                code = send(Batch("inet").add_table(f"t{self.count}").bytes())
                check(not code, f"errno {code}")
                self.count += 1

    def made(self, seconds=60):
        """Waits until a line was made of each change, and is written or on disk."""
        told = 'wallwatch_events_total{action="firewall-changed"}'
        self.until(lambda: self.figures().get(told, 0) + self.before >= self.count and not self.figure("wallwatch_output_queue_bytes"), f"told of {self.count} changes", seconds)

    before = 0  # changes that an earlier process told

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(60)

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.ns.close()
        for path in reversed(self.mounts):
            subprocess.run(["umount", "-l", path], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def own(t, *words, **options):
    daemon = Own(t, *words, **options)
    try:
        yield daemon
    finally:
        daemon.close()


def read_to_end(descriptor):
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def finished(daemon, reading, raw):
    """Ends it in order. Returns all its lines, what was read of them before first."""
    daemon.process.send_signal(signal.SIGTERM)
    os.set_blocking(reading, True)
    raw += read_to_end(reading)
    equal(daemon.process.wait(60), 0, "the status")
    return lines_of(bytes(raw))


def drain(descriptor, into, quiet=1.0):
    """Reads until nothing came for so long."""
    os.set_blocking(descriptor, False)
    last = time.monotonic()
    while time.monotonic() - last < quiet:
        try:
            piece = os.read(descriptor, 1 << 16)
        except BlockingIOError:
            time.sleep(0.01)
            continue
        if not piece:
            break
        into += piece
        last = time.monotonic()


def sip(descriptor, into):
    """Reads what is there, also where nobody writes."""
    os.set_blocking(descriptor, False)
    with contextlib.suppress(BlockingIOError):
        while piece := os.read(descriptor, 1 << 16):
            into += piece


def lines_of(raw, prefix=b""):
    check(raw.endswith(b"\n"), f"the last line is torn: {raw[-200:]!r}")
    for text in raw.split(b"\n")[:-1]:
        check(text.startswith(prefix), f"no prefix: {text[:80]!r}")
    return [Line(text.removeprefix(prefix), 0, index) for index, text in enumerate(raw.split(b"\n")[:-1])]


def judge(t, lines, since=1):
    """Every line is whole, and the numbers rise by one."""
    schema = json.loads(subprocess.run([t.binary, "schema"], check=True, capture_output=True, text=True).stdout)
    for line in lines:
        wrong = [*faults(line), *errors(line.object, schema, schema)]
        check(not wrong, "; ".join(wrong), [line])
    numbers = [line.sequence for line in lines]
    equal(numbers, list(range(since, since + len(numbers))), "event.sequence", lines)


def tables(lines):
    return [op["table"] for line in lines if line.action == "firewall-changed" for op in line.ops() if op["op"] == "add-table"]


def expected(count):
    return [f"t{index}" for index in range(count)]


def outputs(lines):
    return [line for line in lines if line.get("wallwatch.collector.output.status")]


@case("a reader who stands still holds up nothing: lines wait on disk, and come out in order, all of them", seconds=300)
def stopped_reader(t):
    with own(t, SMALL) as daemon:
        reading, writing = daemon.pipe()
        daemon.start(stdout=writing)
        os.close(writing)
        daemon.change(400)
        daemon.made()
        figures = daemon.figures()
        check(figures["wallwatch_output_spill_bytes"] > 400 * 1000, f"little is on disk: {figures}")
        equal(sum(value for name, value in figures.items() if name.startswith("wallwatch_lost_total")), 0.0, "what was lost")
        status = os.stat(f"{daemon.state}/spill")
        equal((stat.S_IMODE(status.st_mode), status.st_uid), (0o600, 0), "the spill file's mode and owner")
        daemon.until(lambda: daemon.figure("wallwatch_output_stalled") == 1, "stalled by its own figures")
        raw = bytearray()
        drain(reading, raw)
        daemon.until(lambda: daemon.figure("wallwatch_output_spill_bytes") == 0 and daemon.figure("wallwatch_output_stalled") == 0, "done with the spill")
        equal(os.path.getsize(f"{daemon.state}/spill"), 4096, "the spill file's size when it is empty")
        lines = finished(daemon, reading, raw)
        judge(t, lines)
        equal(tables(lines), expected(400), "the changes in their order")
        told = [line.get("wallwatch.collector.output.status") for line in outputs(lines)]
        equal(told, ["blocked", "healthy"], "what is told of the output", outputs(lines))


def strike(t, daemon, end):
    """Ends a daemon whose reader stands still, and has the next one write to a file. Returns all lines, and how it ended."""
    reading, writing = daemon.pipe()
    daemon.start(stdout=writing)
    os.close(writing)
    daemon.change(100)
    daemon.made()
    code = end()
    first = read_to_end(reading)
    first = first[: first.rfind(b"\n") + 1]  # what the pipe took of the next is written again, whole
    daemon.before = daemon.count
    daemon.start("--output", daemon.path("out"))
    daemon.change(20)
    daemon.made()
    equal(daemon.end(), 0, "the status of the second")
    with open(daemon.path("out"), "rb") as file:
        second = file.read()
    return lines_of(first + second), code


@case("kill -9 while the reader stands still: what waited comes out of the next one, in order, once", seconds=300)
def killed(t):
    with own(t, SMALL, pin=True) as daemon:
        lines, code = strike(t, daemon, lambda: daemon.end(signal.SIGKILL))
        equal(code, -9, "the status")
        judge(t, lines)
        equal(tables(lines), expected(120), "the changes in their order")
        started = [line for line in lines if line.action == "collector-started"]
        check(started[1].get("wallwatch.collector.output.spill_bytes", 0) > 100_000, "the second does not say what it found on disk", started)


@case("a stop while the reader stands still ends with 74, and the next one goes on where it was", seconds=300)
def stopped(t):
    with own(t, SMALL, pin=True) as daemon:
        lines, code = strike(t, daemon, daemon.end)
        equal(code, 74, "the status")
        check("spill file" in daemon.said() and "Fatal" not in daemon.said(), f"no clear sentence: {daemon.said()}")
        judge(t, lines)
        equal(tables(lines), expected(120), "the changes in their order")
        equal([line.action for line in lines].count("collector-stopped"), 2, "how often collector-stopped was told")


@case("a daemon that is killed again and again amid its writing tells every change, and none twice", seconds=300)
def killed_often(t):
    with own(t, 'rotate_bytes = "64KiB"\nrotate_keep = 1000\n', pin=True) as daemon:
        out = daemon.path("out")
        for index in range(6):
            daemon.start("--output", out)
            daemon.change(30)
            time.sleep(0.03 * index)
            if index < 5:
                daemon.end(signal.SIGKILL)
        deadline = time.monotonic() + 60 * t.patience
        while True:
            files = sorted(glob.glob(out + ".*"), key=lambda path: -int(path.rsplit(".", 1)[1])) + [out]
            raw = b"".join(open(path, "rb").read() for path in files)
            if set(tables(lines_of(raw[: raw.rfind(b"\n") + 1]))) >= set(expected(180)) or time.monotonic() > deadline:
                break
            time.sleep(0.2)
        equal(daemon.end(), 0, "the status")
        raw = b"".join(open(path, "rb").read() for path in sorted(glob.glob(out + ".*"), key=lambda path: -int(path.rsplit(".", 1)[1])) + [out])
        lines = lines_of(raw)
        numbers = [line.sequence for line in lines]
        equal(numbers, sorted(set(numbers)), "event.sequence rises", lines)
        found = tables(lines)
        # What was told and not yet marked so when the process died is told again by the next: once at most for each death.
        twice = [name for name in set(found) if found.count(name) > 1]
        check(len(twice) <= 5, f"told twice: {twice}")
        equal(sorted(set(found)), sorted(expected(180)), "the changes")


@case("what finds no room on disk either is lost in order of worth, and every loss is told", seconds=300)
def losses(t):
    with own(t, SMALLEST + 'spill_bytes = "64KiB"\n', emit='["firewall", "process"]') as daemon:
        reading, writing = daemon.pipe()
        daemon.start(stdout=writing)
        os.close(writing)
        for _ in range(8):
            daemon.ns.run(["/bin/sh", "-c", "i=0; while [ $i -lt 40 ]; do /bin/true; i=$((i+1)); done"])
            daemon.change(1)
        daemon.until(lambda: daemon.figure('wallwatch_lost_total{kind="process_lines"}'), "losing lines")
        time.sleep(1.5)
        raw = bytearray()
        drain(reading, raw)
        lines = finished(daemon, reading, raw)
        lost = [line.get("wallwatch.collector.lost", {}) for line in lines if line.action == "collector-events-lost"]
        count = sum(value for item in lost for name, value in item.items() if name.endswith("_lines"))
        numbers = [line.sequence for line in lines]
        equal(numbers, sorted(set(numbers)), "event.sequence rises", lines[:3])
        equal(numbers[-1] - numbers[0] + 1 - len(numbers), count, f"the gaps in event.sequence, against what is told as lost: {lost}")
        check(all(not item.get("alert_lines") for item in lost), f"alerts were lost: {lost}")
        equal(tables(lines), expected(8), "the changes in their order")  # some 36 KiB: room for them is made in the queue alone
        check(len(lost) <= 3, f"losses were told {len(lost)} times within seconds", lines[:1])


@case("a reader who goes ends it with 74, and what he did not read comes out of the next one", seconds=300)
def gone_reader(t):
    with own(t, SMALL, pin=True) as daemon:
        reading, writing = daemon.pipe()
        daemon.start(stdout=writing)
        os.close(writing)
        daemon.change(40)
        daemon.made()
        raw = bytearray(os.read(reading, 4096))
        os.close(reading)
        equal(daemon.process.wait(60), 74, "the status")
        check("gone" in daemon.said(), f"no clear sentence: {daemon.said()}")
        first = bytes(raw[: raw.rfind(b"\n") + 1])
        daemon.before = daemon.count
        daemon.start("--output", daemon.path("out"))
        daemon.change(1)
        daemon.made()
        equal(daemon.end(), 0, "the status of the second")
        with open(daemon.path("out"), "rb") as file:
            second = lines_of(file.read())
        begin = (lines_of(first)[-1].sequence if first else 0) + 1
        check(second[0].sequence in (begin, begin + 1, begin + 2), f"it goes on with {second[0].sequence} after {begin - 1}")  # the pipe held a page that nobody read
        judge(t, second, second[0].sequence)
        equal(tables(second)[-5:], expected(41)[-5:], "the last changes")


def fill(folder):
    """Takes all the room there is."""
    with open(f"{folder}/filler", "wb", buffering=0) as file:
        for size in (4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"x" * size)


@case("a full disk is told, lines wait elsewhere, and with room again it goes on without a torn line", seconds=300)
def full_disk(t):
    with own(t, SMALL) as daemon:
        disk = daemon.tmpfs("disk", "1m")
        out = f"{disk}/out"
        daemon.start("--output", out)
        daemon.change(3)
        daemon.made()
        fill(disk)
        daemon.change(60)
        daemon.made()
        daemon.until(lambda: daemon.figure("wallwatch_output_stalled") == 1, "stalled")
        with open(out, "rb") as file:
            check(not file.read().endswith(b"\n"), "no line is torn: the test does not show what it should")
        check(daemon.figure("wallwatch_output_spill_bytes") > 60_000, "nothing waits on disk")
        os.unlink(f"{disk}/filler")
        daemon.until(lambda: daemon.figure("wallwatch_output_stalled") == 0 and daemon.figure("wallwatch_output_spill_bytes") == 0, "going on")
        # Full again, and killed while a line is torn: the next one completes it.
        fill(disk)
        daemon.change(20)
        daemon.made()
        daemon.until(lambda: daemon.figure("wallwatch_output_stalled") == 1, "stalled")
        with open(out, "rb") as file:
            check(not file.read().endswith(b"\n"), "no line is torn: the test does not show what it should")
        daemon.end(signal.SIGKILL)
        os.unlink(f"{disk}/filler")
        daemon.start("--output", out)
        daemon.change(1)
        daemon.until(lambda: f'"t{daemon.count - 1}"' in open(out, encoding="utf-8").read(), "going on")
        equal(daemon.end(), 0, "the status")
        with open(out, "rb") as file:
            lines = lines_of(file.read())
        judge(t, lines)
        equal(tables(lines), expected(84), "the changes in their order")
        stalls = [line for line in outputs(lines) if line.get("wallwatch.collector.output.status") == "stalled"]
        check(stalls and "No space left" in stalls[0].get("event.reason") and stalls[0].get("event.outcome") == "failure", "the full disk is not told", outputs(lines))


@case("where state and output share the full disk, lines wait in memory", seconds=300)
def full_state(t):
    with own(t, 'queue_bytes = "8MiB"\n') as daemon:
        disk = daemon.tmpfs("disk", "1m")
        daemon.state = f"{disk}/state"
        out = f"{disk}/out"
        daemon.start("--output", out)
        daemon.change(3)
        daemon.made()
        fill(disk)
        daemon.change(60)
        daemon.until(lambda: daemon.figure("wallwatch_output_stalled") == 1 and daemon.figure("wallwatch_output_queue_bytes") > 60_000, "stalled")
        os.unlink(f"{disk}/filler")
        daemon.until(lambda: daemon.figure("wallwatch_output_stalled") == 0 and daemon.figure("wallwatch_output_queue_bytes") == 0, "going on")
        equal(daemon.end(), 0, "the status")
        with open(out, "rb") as file:
            lines = lines_of(file.read())
        judge(t, lines)
        equal(tables(lines), expected(63), "the changes in their order")


@case("SIGUSR1 opens the file anew and tells the state; size rotation keeps so many files, each of whole lines", seconds=300)
def rotation(t):
    with own(t, emit='["firewall", "state"]') as daemon:
        out = daemon.path("out")
        daemon.start("--output", out)
        equal(stat.S_IMODE(os.stat(out).st_mode), 0o600, "the mode of the file")
        daemon.change(5)
        daemon.made()
        os.rename(out, out + ".old")
        daemon.change(5)
        daemon.made()
        daemon.process.send_signal(signal.SIGUSR1)
        daemon.until(lambda: os.path.exists(out) and "firewall-state" in open(out, encoding="utf-8").read(), "writing to the new file")
        daemon.change(5)
        daemon.made()
        equal(daemon.end(), 0, "the status")
        raw = [open(path, "rb").read() for path in (out + ".old", out)]
        lines = lines_of(b"".join(raw))
        judge(t, lines)
        equal(tables(lines_of(raw[0])), expected(10), "the changes in the old file")
        equal([line.get("wallwatch.state.occasion") for line in lines if line.action == "firewall-state"], ["start", "request"], "the states")
    with own(t, 'rotate_bytes = "64KiB"\nrotate_keep = 3\n') as daemon:
        out = daemon.path("out")
        daemon.start("--output", out)
        daemon.change(200)
        daemon.made()
        count = daemon.figure("wallwatch_output_rotations_total")
        check(count > 3, f"{count} rotations")
        equal(daemon.end(), 0, "the status")
        files = [f"{out}.{number}" for number in (3, 2, 1)] + [out]
        equal(sorted(glob.glob(out + "*")), sorted(files), "the files")
        raw = [open(path, "rb").read() for path in files]
        check(all(len(text) <= 65_536 for text in raw) and min(map(len, raw[:3])) > 50_000, f"their sizes: {[len(text) for text in raw]}")
        lines = [line for text in raw for line in lines_of(text)]
        judge(t, lines, lines[0].sequence)
        found = tables(lines)
        equal(found, expected(200)[-len(found):], "the changes in their order")


@case("a link, a folder, a device, a file with other names, a pipe without a reader: 73, and a sentence", seconds=300)
def odd_files(t):
    with own(t) as daemon:
        path = daemon.path
        open(path("real"), "w", encoding="utf-8").close()
        os.symlink(path("real"), path("link"))
        os.mkdir(path("folder"))
        os.mknod(path("disk"), 0o600 | stat.S_IFBLK, os.makedev(7, 250))
        os.link(path("real"), path("hard"))
        os.mkfifo(path("fifo"))
        open(path("foreign"), "w", encoding="utf-8").close()
        os.chown(path("foreign"), 65534, 65534)
        for name in ("link", "folder", "disk", "hard", "fifo", "foreign", "absent/file"):
            before = len(daemon.said()) if os.path.exists(path("stderr")) else 0
            daemon.start("--output", path(name), wait=False)
            equal(daemon.process.wait(60), 73, f"the status for {name}: {daemon.said()[before:]}")
            said = daemon.said()[before:]
            check(path(name) in said and "Fatal" not in said and len(said.splitlines()) == 1, f"{name}: no clear sentence: {said!r}")
        equal(os.path.getsize(path("real")), 0, "what was written through links")


@case("a named pipe is waited for when its reader goes, and the next one reads on", seconds=300)
def named_pipe(t):
    with own(t, SMALL) as daemon:
        fifo = daemon.path("fifo")
        os.mkfifo(fifo)
        reading = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        daemon.start("--output", fifo)
        daemon.change(3)
        daemon.made()
        raw = bytearray()
        drain(reading, raw)
        os.close(reading)
        daemon.change(50)
        daemon.made()
        reading = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        daemon.until(lambda: sip(reading, raw) or daemon.figure("wallwatch_output_stalled") == daemon.figure("wallwatch_output_spill_bytes") == 0, "going on")
        lines = finished(daemon, reading, raw)
        judge(t, lines)
        equal(tables(lines), expected(53), "the changes in their order")


@case("a prefix stands before every line, counts in its length, and is passed over by tail, replay and suggest", seconds=300)
def prefix(t):
    with own(t, 'line_prefix = "@cee: "\nmax_line_bytes = 4000\n', emit='["firewall", "state", "record"]') as daemon:
        # Long enough that lines are cut, and an alert.
        daemon.ns.run(["nft", "-f", "-"], input="table inet f { chain c { type filter hook input priority 0; policy drop; " + "".join(f"ip saddr 192.0.2.{index} drop; " for index in range(40)) + "}; }")
        out = daemon.path("out")
        daemon.start("--output", out)
        daemon.ns.run(["nft", "flush", "ruleset"])
        daemon.until(lambda: "firewall-alert" in open(out, encoding="utf-8").read(), "alarmed")
        equal(daemon.end(), 0, "the status")
        with open(out, "rb") as file:
            raw = file.read()
        lines = lines_of(raw, b"@cee: ")
        judge(t, lines)
        longest = max(len(text) + 1 for text in raw.split(b"\n"))
        check(2000 < longest <= 4000, f"the longest line, prefix and end included, has {longest} bytes")
        plain = raw.replace(b"@cee: ", b"")
        shipped = re.sub(rb"^@cee: ", b"Nov 28 02:00:00 host wallwatch[12]: @cee: ", raw, flags=re.M)
        for words in (["tail"], ["replay"], ["suggest"]):
            found = []
            for text in (plain, raw, shipped):
                with open(daemon.path("copy"), "wb") as file:
                    file.write(text)
                found.append(subprocess.run([t.binary, *words, daemon.path("copy")], check=True, capture_output=True, text=True).stdout)
            check(found[0] and found[0] == found[1] == found[2], f"{words}: not the same with and without the prefix: {[text[:300] for text in found]}")


@case("the metrics file is what promtool wants, what the tools count, whole at any time, and says when it ends", seconds=300)
def metrics(t):
    with own(t) as daemon:
        daemon.ns.run(["nft", "-f", "-"], input='table inet f { set s { type ipv4_addr; elements = { 192.0.2.1, 192.0.2.2 }; }; chain in { type filter hook input priority 0; policy drop; ip saddr 192.0.2.9 drop; tcp dport 22 accept; udp dport 53 drop; }; chain odd-name { counter; }; }')
        daemon.start()
        daemon.ns.run(["iptables-legacy", "-A", "INPUT", "-j", "DROP"])
        daemon.until(lambda: daemon.figure(f'wallwatch_rules{{netns="{daemon.ns.id}",host="true"}}') == 5, "counting five rules")
        text = open(daemon.metrics, encoding="utf-8").read()
        equal(stat.S_IMODE(os.stat(daemon.metrics).st_mode), 0o644, "the mode of the file")
        if not t.in_vm:
            promtool.check_metrics(text)
        figures = daemon.figures()
        ns = f'{{netns="{daemon.ns.id}",host="true"}}'
        table = 'backend="nftables",family="inet",table="f"'
        for name, value in {
            f"wallwatch_set_elements{ns}": 2, f"wallwatch_table_rules{{{table}}}": 4,
            f'wallwatch_chain_rules{{{table},chain="in"}}': 3, f'wallwatch_chain_policy_drop{{{table},chain="in"}}': 1,
            f'wallwatch_chain_effective_rules{{{table},chain="odd-name"}}': 0,
            'wallwatch_chain_rules{backend="xtables-legacy",family="ip",table="filter",chain="INPUT"}': 1,
            'wallwatch_events_total{action="firewall-changed"}': 1, 'wallwatch_events_total{action="collector-started"}': 1,
            "wallwatch_output_stalled": 0, 'wallwatch_alerts_open{rule="WW002"}': 0, "wallwatch_namespaces": 1,
        }.items():
            equal(figures.get(name), float(value), name)
        check(0 <= time.time() - figures["wallwatch_last_change_timestamp_seconds"] < 30, "when the last change was")
        check(figures["wallwatch_resident_memory_bytes"] > 1 << 20 and figures["wallwatch_cpu_seconds_total"] > 0, "what it uses")
        check(any(name.startswith("wallwatch_kernel_missed_runs_total") for name in figures), "no missed runs")
        families = [name for name in figures if name.startswith("wallwatch_hook_family_up")]
        equal(len(families), 7, "the families of hooks")
        # Read all the while, it is never half.
        daemon.ns.run(["nft", "flush", "ruleset"])
        deadline = time.monotonic() + 60 * t.patience
        # (A legacy rule is left: what weighs most is the policy, or the drop.)
        count = lambda name: sum(value for key, value in daemon.figures().items() if key.startswith(name))  # noqa: E731
        while not count("wallwatch_alerts_open"):
            check(open(daemon.metrics, encoding="utf-8").read().endswith("\n"), "half a file")
            check(time.monotonic() < deadline, f"no alert in the figures: {[item for item in daemon.figures().items() if 'alert' in item[0]]}")
        equal(count("wallwatch_alerts_total"), 1.0, "alerts that were opened")
        equal(daemon.end(), 0, "the status")
        text = open(daemon.metrics, encoding="utf-8").read()
        if not t.in_vm:
            promtool.check_metrics(text)
        equal(daemon.figure("wallwatch_up"), 0.0, "wallwatch_up after the end")
        equal([name for name in os.listdir(daemon.folder) if name.endswith(".new")], [], "what is left behind")
