"""A machine that ships: a container with Debian's own package of the shipper, and with the file of contrib/shippers as it is."""
import os
import time

from harness.outcome import Failed, check
from harness.systemd import Container

from .compare import await_all
from .receiver import Receiver
from .writer import Writer

CONTRIB = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", "..", "..", "contrib", "shippers"))
EVENTS = "/var/log/wallwatch/events.jsonl"
PORT = 6514


class Machine(Container):
    """`configuration`: (file below contrib/shippers, where it goes). The collector's name means this machine's loopback."""

    def __init__(self, packages, configuration):
        super().__init__(packages=packages)
        with open(f"{self.root}/etc/hosts", "a", encoding="ascii") as file:
            file.write("127.0.0.1 localhost logs.example.org\n")
        for source, target in configuration:
            with open(os.path.join(CONTRIB, source), encoding="utf-8") as file:
                self.write(target, file.read())

    @property
    def root(self):
        return f"/proc/{self.leader}/root"

    def pid(self, unit):
        return int(self.run(f"systemctl show -P MainPID {unit}").stdout)

    def restart(self, unit):
        """However often a test does so."""
        self.run(f"systemctl reset-failed {unit}", code=None)
        self.run(f"systemctl restart {unit}")

    def kill(self, unit):
        """As the kernel would: without a word. systemd starts it again."""
        pid = self.pid(unit)
        check(pid > 1, f"{unit} does not run")
        self.run(f"systemctl reset-failed {unit}", code=None)  # its counter of starts
        self.run(f"kill -KILL {pid}")
        deadline = time.monotonic() + 20
        while self.pid(unit) in (0, pid):
            check(time.monotonic() < deadline, f"{unit} was not started again")
            time.sleep(0.05)

    def version(self, package):
        return self.run(["dpkg-query", "-W", "-f", "${Version}", package]).stdout

    def journal(self, unit):
        return self.run(f"journalctl --no-pager -o cat -u {unit} -n 20", code=None).stdout


class Shipped:
    """A machine with a shipper that follows the file and a receiver at its other end; a test adds lines and waits for them."""

    def __init__(self, machine, unit, receiver=None):
        self.machine, self.unit = machine, unit
        self.writer = Writer(machine.root + EVENTS)
        self.receiver = receiver or Receiver(machine.leader, PORT)
        self.sent = []
        machine.restart(unit)

    def write(self, lines, pause=0.0):
        self.sent += lines
        self.writer.write(lines, pause)

    def rotate(self, between=(), pause=0.0):
        self.sent += between
        self.writer.rotate(between, pause)

    def begin(self):
        """Of what was sent and received before, nothing counts any more."""
        self.sent = []
        self.receiver.forget()

    def arrived(self, seconds, what, repeated=False, forgiven=0):
        try:
            again = await_all(self.sent, lambda: list(self.receiver.messages), seconds, what, repeated, forgiven)
        except Failed as failure:
            raise Failed(f"{failure}; the receiver complains: {self.receiver.complaints[:3]}; {self.unit} says: {self.machine.journal(self.unit)[-1500:]}") from failure
        check(not self.receiver.complaints, f"{what}: the receiver complains: {self.receiver.complaints[:3]}")
        return again

    def close(self):
        self.receiver.close()
        self.writer.close()
        self.machine.close()
