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


@case("the file is rotated under way", seconds=120)
def rotated(t):
    return suite.rotated(t.hold(make), t.part(1))


@case("the file is copied and emptied", seconds=120)
def truncated(t):
    return suite.truncated(t.hold(make), t.part(8))


@case("the receiver is away, and comes back", seconds=120)
def away(t):
    return suite.away(t.hold(make), t.part(2))


@case("syslog-ng is restarted", seconds=120)
def restarted(t):
    return suite.restarted(t.hold(make), t.part(4))


@case("syslog-ng is killed", seconds=120)
def killed(t):
    return suite.killed(t.hold(make), t.part(3))


@case("the receiver is away, the file is rotated, syslog-ng is killed", seconds=120)
def killed_away(t):
    return suite.gone_away(t.hold(make), t.part(6), "kill")


@case("the receiver is away, the file is rotated, syslog-ng is restarted", seconds=120)
def restarted_away(t):
    return suite.gone_away(t.hold(make), t.part(5), "restart")
