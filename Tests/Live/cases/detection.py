"""An attack that weakens the firewall raises one alert that says what was lost and who did it; ordinary work raises none."""
import contextlib
import os
import shutil
import signal
import tempfile
import time

from harness.daemon import Daemon, GOOD
from harness.outcome import case, check, equal

FIREWALL = """
flush ruleset
table inet host {
    set bad { type ipv4_addr; elements = { 192.0.2.1, 192.0.2.2 }; }
    chain guard { tcp dport 23 drop; tcp dport 25 drop; tcp dport 445 drop; ip saddr 203.0.113.0/24 drop; }
    chain input {
        type filter hook input priority 0; policy drop;
        ct state established accept
        ip saddr @bad drop
        jump guard
        tcp dport 22 accept
        tcp dport 443 accept
    }
}
"""
QUIET = 2


@contextlib.contextmanager
def host(t, text=FIREWALL, more=""):
    """A daemon of the test's own, in a namespace that has a firewall."""
    own = Daemon(t.binary, t.tier, t.patience)
    own.configure(GOOD + more)
    try:
        if text:
            own.host.run(["nft", "-f", "-"], input=text)
        own.start()
        yield own
    finally:
        own.close()


def alert(t, own, mark, rule, *states):
    """The alert of a rule; its figures and reasons have to agree."""
    states = states or ("open",)
    line = own.wait(lambda line: line.action == "firewall-alert" and line.get("wallwatch.alert.state") in states, mark, (QUIET + 3) * t.patience, f"an alert {rule}, {states}")
    check(rule in line.get("wallwatch.alert.rule_ids"), f"{rule} is not among its rules", [line])
    check(line.get("rule.id") in line.get("wallwatch.alert.rule_ids"), "rule.id is none of its rules", [line])
    reasons = line.get("wallwatch.alert.reasons")
    equal(sum(reason["weight"] for reason in reasons), line.get("wallwatch.alert.score"), "the sum of the reasons' weights", [line])
    equal(line.get("event.risk_score"), float(line.get("wallwatch.alert.score")), "event.risk_score", [line])
    equal((line.get("event.kind"), line.get("threat.technique.id")), ("alert", ["T1686"]), "event.kind and threat.technique.id", [line])
    for name in ("rules", "effective_rules", "blocking_rules"):
        figure = line.get(f"wallwatch.alert.{name}")
        equal(figure["delta"], figure["after"] - figure["before"], f"{name}.delta", [line])
    told = {line.get("event.id") for line in own.lines}
    check(set(line.get("wallwatch.alert.changes")) <= told, "an event.id that no line has", [line])
    return line


def quiet(t, own, mark):
    """No alert since, and none that is still to come."""
    time.sleep((QUIET + 0.5) * t.patience)
    alerts = own.since(mark, None, "firewall-alert")
    check(not alerts, "an alert where nothing was to be told", alerts)


def deed(own, argv, **options):
    mark = own.mark()
    own.host.run(argv, **options)
    return mark


@case("all rules flushed: one alert, with its author, and it is resolved when they are back")
def flushed(t):
    with host(t) as own:
        mark = deed(own, "nft flush ruleset")
        line = alert(t, own, mark, "WW002")
        equal((line.get("rule.id"), line.get("rule.name")), ("WW002", "Firewall emptied"), "rule", [line])
        equal(line.get("wallwatch.alert.effective_rules"), {"before": 9, "after": 0, "delta": -9, "min": 0}, "effective_rules", [line])
        equal(line.get("wallwatch.alert.rule_ids"), ["WW002", "WW003"], "rule_ids", [line])
        equal((line.get("process.name"), line.get("process.command_line")), ("nft", "nft flush ruleset"), "its author", [line])
        check(line.get("wallwatch.alert.netns.is_host"), "it is the host's", [line])
        time.sleep(1)
        mark = deed(own, ["nft", "-f", "-"], input=FIREWALL)
        line = alert(t, own, mark, "WW002", "resolved")
        equal(line.get("wallwatch.alert.restored_by.name"), "nft", "restored_by", [line])
        check(line.get("wallwatch.alert.restored_after_ms") >= 1000, "restored_after_ms", [line])
        quiet(t, own, own.mark())
        equal(len(own.since(0, None, "firewall-alert")), 2, "alerts", own.since(0, None, "firewall-alert"))


TRICKS = {
    "a policy opened": ("nft chain inet host input { policy accept; }", "WW003"),
    "a table set dormant": ("nft add table inet host { flags dormant; }", "WW004"),
    "a block list emptied": ("nft flush set inet host bad", "WW005"),
    "an accept for all on top": ("nft insert rule inet host input accept", "WW006"),
    "the jump to what blocks deleted": ("nft delete rule inet host input handle {jump}", "WW001"),
}


@case("tricks that leave the plain count: each raises the alert of its rule", seconds=120)
def tricks(t):
    with host(t) as own:
        for name, (argv, rule) in TRICKS.items():
            own.host.run(["nft", "-f", "-"], input=FIREWALL)
            time.sleep((QUIET + 0.5) * t.patience)
            if "{jump}" in argv:
                listing = own.host.run("nft -a list chain inet host input").out
                handle = next(line.split()[-1] for line in listing.splitlines() if "jump guard" in line)
                argv = argv.replace("{jump}", handle)
            mark = deed(own, argv.split() if "{" not in argv else ["nft", argv[4:]])
            line = alert(t, own, mark, rule, "open", "update")  # the same author doing the same again is told as that
            equal(line.get("process.name"), "nft", f"the author of {name}", [line])


@case("a reload that takes all away and brings it back raises none, in one transaction or in many")
def reloads(t):
    with host(t) as own:
        mark = deed(own, ["nft", "-f", "-"], input=FIREWALL)
        own.host.run("nft flush ruleset")
        time.sleep(0.3)
        own.host.run(["nft", "-f", "-"], input=FIREWALL)
        for port in range(30):
            own.host.run(f"nft add rule inet host guard tcp dport {1000 + port} drop")
        quiet(t, own, mark)
        lines = own.since(mark, own.host, "firewall-changed")
        equal(lines[2].get("wallwatch.change.effective_rules"), {"before": 0, "after": 9, "delta": 9}, "what brings it back", [lines[2]])
        equal(lines[3].get("wallwatch.change.effective_rules"), {"before": 9, "after": 10, "delta": 1, "min": 0}, "the dip before it", [lines[3]])
        check("min" not in lines[0].get("wallwatch.change.effective_rules"), "a dip that nobody saw", [lines[0]])


@case("ordinary work raises none: a rule more, a rule less, an element, a counter reset, a list")
def ordinary(t):
    with host(t) as own:
        mark = own.mark()
        for argv in ("nft add rule inet host input tcp dport 80 accept", "nft add element inet host bad { 192.0.2.9 }", "nft delete element inet host bad { 192.0.2.9 }", "nft list ruleset", "nft reset counters", "nft add table ip other", "nft delete table ip other"):
            own.host.run(argv.split() if "{" not in argv else ["nft", argv[4:]])
            time.sleep(0.2)
        quiet(t, own, mark)


@case("a suspicious process raises its alert at once, whatever it changes")
def suspicious(t):
    with host(t) as own, tempfile.TemporaryDirectory(prefix="wwtest-", dir="/tmp") as folder:
        copy = os.path.join(folder, "kworker")
        shutil.copy(shutil.which("nft"), copy)
        mark = deed(own, [copy, "add", "rule", "inet", "host", "input", "tcp", "dport", "4444", "accept"])
        line = alert(t, own, mark, "WW013")
        change = own.since(mark, None, "firewall-changed")[0]
        waited = line.arrived - change.arrived
        check(waited < 1 * t.patience, f"it came {waited} s after the change", [line])
        equal(line.get("process.executable"), copy, "process.executable", [line])
        check("executable_in_temporary_place" in [reason["id"] for reason in line.get("wallwatch.alert.reasons")], "the reason", [line])
        mark = deed(own, [copy, "flush", "ruleset"])
        line = alert(t, own, mark, "WW002", "update")
        check(line.get("event.severity") >= 73, "the severity", [line])


@case("iptables: a policy flipped, and all flushed")
def iptables(t):
    with host(t, None) as own:
        for argv in ("iptables -A INPUT -p tcp --dport 22 -j ACCEPT", "iptables -A INPUT -s 192.0.2.1 -j DROP", "iptables -A FORWARD -j REJECT", "iptables -P INPUT DROP"):
            own.host.run(argv)
        time.sleep((QUIET + 0.5) * t.patience)
        mark = deed(own, "iptables -P INPUT ACCEPT")
        alert(t, own, mark, "WW003")
        mark = deed(own, "iptables -F")
        line = own.wait(lambda line: line.action == "firewall-alert" and "WW002" in line.get("wallwatch.alert.rule_ids"), mark, (QUIET + 3) * t.patience, "an alert WW002")
        equal(line.get("process.name"), "xtables-nft-multi", "process.name", [line])


@case("a signal that would end the collector is told as an alert")
def tampered(t):
    with host(t) as own:
        mark = own.mark()
        own.signal(signal.SIGQUIT)
        line = alert(t, own, mark, "WW011")
        check(line.get("process.name").startswith("python"), "its author", [line])


@case("what [detection] says is heeded: a rule that is off, a threshold, other namespaces")
def tuned(t):
    with host(t, more='[detection]\noff = ["WW002", "WW003"]\n') as own:
        quiet(t, own, deed(own, "nft flush ruleset"))
    with host(t, more="[detection]\nother_namespaces = 100\nquiet = \"500ms\"\n") as own:
        own.side.run(["nft", "-f", "-"], input=FIREWALL)
        own.meet(own.side)
        time.sleep(1)
        mark = own.mark()
        own.side.run("nft flush ruleset")
        line = alert(t, own, mark, "WW002")
        equal(line.get("wallwatch.alert.netns.is_host"), False, "netns.is_host", [line])


@case("a burst that has not settled is judged when the collector is stopped")
def stopped(t):
    with host(t) as own:
        mark = deed(own, "nft flush ruleset")
        own.wait(lambda line: line.action == "firewall-changed", mark, 5 * t.patience, "the change")
        own.stop()
        alert(t, own, mark, "WW002")
