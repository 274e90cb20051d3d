"""wallwatch and the others beside it, each with the same few verbs: start, the processes it works in, what it saw, stop."""
import contextlib
import glob
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

import measure


class Unavailable(Exception):
    """This tool cannot be measured here; the text says why."""


class Tool:
    """`space`: the namespace it is started in. `stamped`: its output goes through `arrivals`, which notes when each line came."""

    name, threads = "nothing", ()
    ending = signal.SIGTERM
    is_inside = False  # only who watches a namespace has to be in it; the process connector answers in the machine's own alone

    def __init__(self, bench, space=None, stamped=False):
        self.bench, self.space, self.stamped = bench, space, stamped
        self.process, self.reader = None, None
        self.folder = tempfile.mkdtemp(prefix="wwbench-")
        os.chmod(self.folder, 0o755)
        self.output = os.path.join(self.folder, "output")

    def launch(self, argv, **options):
        """Its standard output goes to a file, which costs the tool the least."""
        inside = self.space.inside() if self.space and self.is_inside else contextlib.nullcontext()
        with open(os.path.join(self.folder, "stderr"), "wb") as errors, open(self.output, "wb") as out:
            if self.stamped:
                self.reader = subprocess.Popen([self.bench.helper("arrivals"), self.output], stdin=subprocess.PIPE)
                out = self.reader.stdin
            try:
                with inside:
                    self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=errors, **options)
            except OSError as reason:
                raise Unavailable(str(reason)) from reason
            finally:
                if self.stamped:
                    self.reader.stdin.close()

    def wait_for(self, ready, seconds, what):
        deadline = time.monotonic() + seconds * self.bench.patience
        while not ready():
            if self.process.poll() is not None:
                raise Unavailable(f"it ended at once: {self.stderr()}")
            if time.monotonic() > deadline:
                raise Unavailable(f"{self.name}: {what} within {seconds} s")
            time.sleep(0.01)

    def linger(self):
        """Of one that does not say when it listens."""
        time.sleep(0.5 * self.bench.patience)
        if self.process.poll() is not None:
            raise Unavailable(f"it ended at once: {self.stderr()}")

    def stderr(self):
        return measure.read(os.path.join(self.folder, "stderr")).strip()[-300:]

    def start(self):
        pass

    def pids(self):
        """Its processes, and the kernel's threads that work for it."""
        own = measure.tree(self.process.pid) if self.process else []
        return own + [pid for pid in map(measure.kernel_thread, self.threads) if pid]

    def settle(self):
        measure.settle(self.pids(), [self.output], patience=self.bench.patience)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(self.ending)
            try:
                self.process.wait(20 * self.bench.patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.reader:
            self.reader.wait(20 * self.bench.patience)

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def text(self):
        with open(self.output, encoding="utf-8", errors="replace") as file:
            return file.read()

    def execs_seen(self, program):
        """How many executions of that program its output tells; None: it is not what it tells."""
        return None

    def losses(self):
        """What it says it lost, by its own words."""
        return {}


class Wallwatch(Tool):
    """In the namespace of the bench, which it therefore takes for the host's. All but the folders is default."""

    name, words, is_inside = "wallwatch", (), True

    def __init__(self, bench, space, stamped=False, words=None, before=()):
        super().__init__(bench, space, stamped)
        self.words, self.before = self.words if words is None else tuple(words), before
        self.pins = os.path.join(self.folder, "bpf")
        os.mkdir(self.pins)
        subprocess.run(["mount", "-t", "bpf", "bpf", self.pins], check=True)
        self.config = os.path.join(self.folder, "wallwatch.toml")
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(f'[probes]\npin_directory = "{self.pins}/wallwatch"\n')

    def start(self):
        """Returns the seconds from exec to its line `collector-started`."""
        argv = [*self.before, self.bench.binary, "run", "--config", self.config, "--state-dir", os.path.join(self.folder, "state"), *self.words]
        began = time.monotonic()
        self.launch(argv)
        self.wait_for(lambda: "collector-started" in self.text(), 120, "no collector-started")
        return time.monotonic() - began

    def lines(self):
        """All lines so far as (arrival in ns or None, object). The last may be half written."""
        found = []
        with open(self.output, "rb") as file:
            for raw in file:
                when, line = raw.split(b" ", 1) if self.stamped else (None, raw)
                if line.endswith(b"\n"):
                    found.append((when and int(when), json.loads(line)))
        return found

    def execs_seen(self, program):
        if "process" not in ",".join(self.words):
            return None
        wanted, count = f'"executable":"{program}"'.encode(), 0
        with open(self.output, "rb") as file:
            for line in file:
                if b'"action":"exec"' in line:
                    # Its own executable, not that of a parent or ancestor: the first in the line.
                    start = line.find(b'"executable":')
                    count += line.startswith(wanted, start)
        return count

    def losses(self):
        """From its lines that tell of losses, and from the numbers that are missing."""
        told, expected, missing = {}, None, 0
        for _, line in self.lines():
            number = line["event"]["sequence"]
            if expected is not None:
                missing += number - expected
            expected = number + 1
            if line["event"]["action"] == "collector-events-lost":
                for what, count in line["wallwatch"]["collector"]["lost"].items():
                    told[what] = told.get(what, 0) + count
        return {**told, **({"sequence": missing} if missing else {})}

    def close(self):
        self.stop()
        subprocess.run(["umount", "-l", self.pins], check=False)
        super().close()


class WallwatchProcess(Wallwatch):
    name, words = "wallwatch --emit process", ("--emit", "firewall,process")


class NftMonitor(Tool):
    name, is_inside = "nft monitor", True

    def start(self):
        self.launch(["nft", "monitor"])
        self.linger()

    def losses(self):
        told = self.text().count("We lost some netlink events")
        return {"told": told} if told else {}


def glob_one(pattern):
    found = sorted(glob.glob(pattern))
    return found[0] if found else None
