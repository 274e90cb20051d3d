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


@case("the file is rotated under way", seconds=120)
def rotated(t):
    return suite.rotated(t.hold(make), t.part(1))


@case("the file is copied and emptied", seconds=120)
def truncated(t):
    return suite.truncated(t.hold(make), t.part(8))


@case("the receiver is away, and comes back", seconds=120)
def away(t):
    return suite.away(t.hold(make), t.part(2))


@case("rsyslog is restarted", seconds=120)
def restarted(t):
    return suite.restarted(t.hold(make), t.part(4))


@case("rsyslog is killed", seconds=120)
def killed(t):
    return suite.killed(t.hold(make), t.part(3))


@case("the receiver is away, the file is rotated, rsyslog is killed", seconds=120)
def killed_away(t):
    return suite.gone_away(t.hold(make), t.part(6), "kill")


@case("the receiver is away, the file is rotated, rsyslog is restarted: at most one line is lost", seconds=120)
def restarted_away(t):
    return suite.gone_away(t.hold(make), t.part(5), "restart", forgiven=1)
