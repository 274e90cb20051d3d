"""The daemon under test: started once in a namespace of its own, its lines read by a thread."""
import contextlib
from datetime import datetime
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from .line import Line, faults
from .netns import Netns
from .outcome import Failed, check
from .schema import errors

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "deeds"))
from raw_netlink import Batch, send  # noqa: E402

FENCE = "wwfence"
GOOD = '[netns]\nwatch = "all"\n'
UNPINNED = GOOD + "[probes]\npin = false\n"


def is_fence(line):
    return bool(line.ops()) and all(op.get("table", "").startswith(FENCE) for op in line.ops())


class Daemon:
    def __init__(self, binary, tier, patience):
        self.binary, self.tier, self.patience = binary, tier, patience
        self.lines, self.arrival = [], threading.Condition()
        self.folder = tempfile.mkdtemp(prefix="wwtest-")
        os.chmod(self.folder, 0o755)
        self.config = os.path.join(self.folder, "wallwatch.toml")
        self.state, self.pins = os.path.join(self.folder, "state"), os.path.join(self.folder, "bpf")
        os.mkdir(self.state)
        os.mkdir(self.pins)
        subprocess.run(["mount", "-t", "bpf", "bpf", self.pins], check=True)  # what is pinned is gone with the test
        self.probes = ""  # more of its section
        self.configure(GOOD)
        self.host, self.side = Netns(), Netns()  # side: where fences are set
        self.process, self.ended, self.fences = None, False, 0
        self.failed_once = []  # the lines, from and to, of tests that were done again

    def configure(self, text):
        if self.patience > 1 and "[text]" not in text:
            text += "[text]\nbudget = 1\n"  # an emulated machine takes a tenth of a second to list a rule: lines would lag behind
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(f'{text}[probes]\npin_directory = "{self.pins}/wallwatch"\n{self.probes}')

    def start(self, *words, before=()):
        """Starts it, the first time or anew, and waits until it is ready."""
        argv = [*before, self.binary, "run", "--config", self.config, "--state-dir", self.state, *words]
        argv += ["--tier", self.tier] if self.tier != "auto" else []
        mark = self.mark()
        with open(os.path.join(self.folder, "stderr"), "wb") as stderr, self.host.inside():
            process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr)
        with self.arrival:
            self.process, self.ended = process, False
        threading.Thread(target=self.read, args=(self.process,), daemon=True).start()
        began = time.monotonic()
        line = self.wait(lambda line: line.action == "collector-started", mark, 30 * self.patience, "collector-started")
        self.started_after = time.monotonic() - began
        return line

    def read(self, process):
        for raw in process.stdout:
            line = Line(raw.rstrip(b"\n"), time.time(), len(self.lines))
            with self.arrival:
                self.lines.append(line)
                self.arrival.notify_all()
        with self.arrival:
            # One that was started meanwhile has not ended with this one.
            self.ended = self.ended or process is self.process
            self.arrival.notify_all()

    def said(self):
        with open(os.path.join(self.folder, "stderr"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def mark(self):
        return len(self.lines)

    def wait(self, wanted, mark, seconds, what):
        """The first line since `mark` that is wanted; fails with what came instead."""
        deadline, position = time.monotonic() + seconds, mark
        with self.arrival:
            while True:
                for line in self.lines[position:]:
                    if wanted(line):
                        return line
                position = len(self.lines)
                left = deadline - time.monotonic()
                if self.ended:
                    raise Failed(f"the daemon ended while waiting for {what}; its stderr ends: {self.said()[-1500:]}", self.lines[mark:])
                if left <= 0:
                    raise Failed(f"no line within {seconds:g} s: {what}", self.lines[mark:])
                self.arrival.wait(left)

    def fence(self, ns=None, seconds=None):
        """Makes and removes a table in the namespace (or in one beside) and waits for its line: what came before is then written."""
        ns, mark = ns or self.side, self.mark()
        self.fences += 1
        table = f"{FENCE}{self.fences}"
        with ns.inside():
            code = send(Batch("inet").add_table(table).bytes()) or send(Batch("inet").delete_table(table).bytes())
        if code:
            raise Failed(f"the fence could not be set: errno {code}")
        gone = lambda line: line.netns == ns.id and any(op.get("op") == "delete-table" and op.get("table") == table for op in line.ops())  # noqa: E731
        return self.wait(gone, mark, seconds or 5 * self.patience, f"the fence, a table {table} made and removed by the harness")

    def settle(self, ns):
        """Sets a fence, and waits until the state with it is saved."""
        told = datetime.fromisoformat(self.fence(ns).get("event.created")[:26] + "+00:00").timestamp()
        states = [os.path.join(self.state, name) for name in ("state.0", "state.1")]
        deadline = time.monotonic() + 5 * self.patience
        while max([os.stat(path).st_mtime for path in states if os.path.exists(path)], default=0) < told - 0.02:  # the kernel's coarse clock
            check(time.monotonic() < deadline, "the state was not saved")
            time.sleep(0.01)
        time.sleep(0.2 * self.patience)  # of the fence's two commits the first may have been saved alone

    def meet(self, ns):
        """Sets fences in a new namespace until one is seen. (That the very first change is seen has a test of its own.)"""
        deadline = time.monotonic() + 5 * self.patience
        while self.process and not self.ended:
            try:
                return self.fence(ns, 0.5 * self.patience)
            except Failed:
                if time.monotonic() > deadline:
                    raise

    def since(self, mark, ns=None, *actions):
        """The lines since `mark`, fences left out, of one namespace and of certain actions if named."""
        found = [line for line in self.lines[mark:] if (ns is None or line.netns == ns.id) and (not actions or line.action in actions)]
        return [line for line in found if not is_fence(line)]

    def signal(self, number):
        os.kill(self.process.pid, number)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.signal(signal.SIGTERM)
            try:
                self.process.wait(10 * self.patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def kill(self):
        """As the kernel does, without a word; waits until all it wrote is read."""
        self.process.kill()
        self.process.wait()
        deadline = time.monotonic() + 10
        with self.arrival:
            while not self.ended and time.monotonic() < deadline:
                self.arrival.wait(1)

    def close(self):
        self.stop()
        self.host.close()
        self.side.close()
        subprocess.run(["umount", "-l", self.pins], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def watching(test, settings):
    """A daemon of the test's own, beside the others; in the end each of its lines is judged."""
    daemon = Daemon(test.binary, test.tier, test.patience)
    try:
        daemon.configure(settings)
        daemon.start()
        yield daemon
        schema = json.loads(test.run([test.binary, "schema"]).out)
        for line in daemon.lines:
            wrong = [*faults(line), *errors(line.object, schema, schema)]
            check(not wrong, "; ".join(wrong), [line])
    finally:
        daemon.close()
