"""rsyslog to rsyslog over RELP: contrib/shippers/rsyslog/30-wallwatch-relp.conf and receiver-relp.conf."""
from harness.outcome import case
from shipping import suite
from shipping.machine import Machine, Shipped

PACKAGES = ("rsyslog", "rsyslog-relp")
FILES = [("rsyslog/30-wallwatch-relp.conf", "/etc/rsyslog.d/30-wallwatch.conf"), ("rsyslog/receiver-relp.conf", "/etc/receiver.conf")]
# A second rsyslog on the same machine, which knows only the receiver's file.
UNIT = "[Service]\nType=notify\nExecStart=/usr/sbin/rsyslogd -n -f /etc/receiver.conf -i /run/receiver.pid\n"
RECEIVED = "/var/log/wallwatch-received.jsonl"


class Other:
    """The other rsyslog, as a receiver."""

    complaints = ()

    def __init__(self, machine):
        self.machine, self.begun = machine, 0
        machine.write("/etc/systemd/system/receiver.service", UNIT)
        machine.run("systemctl daemon-reload")
        self.up()

    @property
    def messages(self):
        try:
            with open(self.machine.root + RECEIVED, "rb") as file:
                return file.read()[self.begun:].split(b"\n")[:-1]
        except FileNotFoundError:
            return []

    def forget(self):
        self.begun += sum(len(line) + 1 for line in self.messages)

    def up(self):
        self.machine.restart("receiver")

    def down(self):
        self.machine.run("systemctl stop receiver")

    def close(self):
        pass


def make():
    machine = Machine(PACKAGES, FILES)
    return Shipped(machine, "rsyslog", Other(machine))


@case("every line arrives as it was sent", seconds=120)
def whole(t):
    suite.whole(t.hold(make), t.stream)


cases = suite.Cases(__name__, make, "rsyslog")
cases.add("the receiver is away, and comes back", suite.away, 2)
cases.add("the receiver goes and comes back three times under way", suite.flaps, 7)
cases.of_both_gone(forgiven=1)
