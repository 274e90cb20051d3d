"""What befalls the daemon meanwhile, one thing at a time, in an order that a seed decides."""
import os
import random
import signal
import threading
import time

from harness.daemon import Daemon


class Stoppable(Daemon):
    """A daemon whose reader can stand still."""

    def __init__(self, *words):
        self.flow = threading.Event()
        self.flow.set()
        super().__init__(*words)

    def start(self, *words, before=("nice", "-n", "-5")):
        """As packaging/wallwatch.service starts it: before those who keep the machine busy."""
        return super().start(*words, before=before)

    def read(self, process):
        class Slow:
            def __iter__(slow):
                for raw in process.stdout:
                    self.flow.wait()
                    yield raw

        holder = type("Process", (), {"stdout": Slow()})()
        super().read(holder)
        with self.arrival:
            self.ended = self.ended or process is self.process
            self.arrival.notify_all()


class Troubles(threading.Thread):
    """`windows`: from when to when something was the matter, on the clock; what is done then may be told later."""

    def __init__(self, daemon, seed, seconds):
        super().__init__(daemon=True, name="Troubles")
        self.own, self.random, self.seconds = daemon, random.Random(seed), seconds
        self.windows, self.count, self.failure = [], {}, None

    def run(self):
        try:
            ends = time.monotonic() + self.seconds
            kinds = [self.stall, self.kill, self.reload, self.misconfigure, self.fill, self.suspend, self.restart]
            self.random.shuffle(kinds)
            turn = 0
            while time.monotonic() < ends:
                kind = kinds[turn % len(kinds)]
                turn += 1
                began = time.time()
                kind()
                self.windows.append((began, time.time(), kind.__name__))
                self.count[kind.__name__] = self.count.get(kind.__name__, 0) + 1
                time.sleep(self.random.uniform(2, 5))
        except Exception as failure:
            self.failure = failure

    def stall(self):
        """The reader stands still."""
        self.own.flow.clear()
        time.sleep(self.random.uniform(2, 8))
        self.own.flow.set()

    def kill(self):
        """kill -9; the next is started at once, or a little later."""
        self.own.kill()
        time.sleep(self.random.uniform(0, 2))
        self.own.start()

    def restart(self):
        self.own.stop()
        time.sleep(self.random.uniform(0, 1))
        self.own.start()

    def reload(self):
        mark = self.own.mark()
        self.own.signal(signal.SIGHUP)
        self.own.wait(lambda line: line.action == "collector-config-reloaded", mark, 60, "the configuration read anew")

    def misconfigure(self):
        with open(self.own.config, encoding="utf-8") as file:
            good = file.read()
        with open(self.own.config, "w", encoding="utf-8") as file:
            file.write("[output\nformat = 7\n")
        mark = self.own.mark()
        self.own.signal(signal.SIGHUP)
        try:
            self.own.wait(lambda line: line.action == "collector-config-refused", mark, 60, "the configuration refused")
        finally:
            with open(self.own.config, "w", encoding="utf-8") as file:
                file.write(good)

    def fill(self):
        """The disk that holds the state is full."""
        path = os.path.join(self.own.state, "filler")
        with open(path, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"\0" * 65536)
            except OSError:
                pass
        time.sleep(self.random.uniform(2, 5))
        os.unlink(path)

    def suspend(self):
        """The daemon gets no processor, as in a machine that sleeps or is starved."""
        self.own.signal(signal.SIGSTOP)
        time.sleep(self.random.uniform(1, 4))
        self.own.signal(signal.SIGCONT)
