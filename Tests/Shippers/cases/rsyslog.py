"""rsyslog follows the file and sends over TCP: contrib/shippers/rsyslog/30-wallwatch.conf."""
from harness.outcome import case
from shipping import suite
from shipping.machine import Machine, Shipped

PACKAGES = ("rsyslog", "rsyslog-relp")


def make():
    return Shipped(Machine(PACKAGES, [("rsyslog/30-wallwatch.conf", "/etc/rsyslog.d/30-wallwatch.conf")]), "rsyslog")


@case("every line arrives as it was sent", seconds=120)
def whole(t):
    shipped = t.hold(make)
    suite.whole(shipped, t.stream)
    return f"{len(shipped.sent)} lines, rsyslog {shipped.machine.version('rsyslog')}"


cases = suite.Cases(__name__, make, "rsyslog")
cases.of_a_file()
cases.of_both_gone(forgiven=1)
