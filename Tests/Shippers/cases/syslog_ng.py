"""syslog-ng follows the file and sends over TCP: contrib/shippers/syslog-ng/wallwatch.conf."""
from harness.outcome import case
from shipping import suite
from shipping.machine import Machine, Shipped

PACKAGES = ("syslog-ng-core",)


def make():
    return Shipped(Machine(PACKAGES, [("syslog-ng/wallwatch.conf", "/etc/syslog-ng/conf.d/wallwatch.conf")]), "syslog-ng")


@case("every line arrives as it was sent", seconds=120)
def whole(t):
    shipped = t.hold(make)
    suite.whole(shipped, t.stream)
    return f"{len(shipped.sent)} lines, syslog-ng {shipped.machine.version('syslog-ng-core')}"


cases = suite.Cases(__name__, make, "syslog-ng")
cases.of_a_file()
cases.of_both_gone()
