"""What a daemon of today writes: still what the tables, the template and the rules of contrib/ are made for."""
import json
import os

from harness.outcome import Skipped, case, check, equal

from fleet import database, elastic, lines, live, prometheus, store
from fleet.suite import Options

from . import elastic as held


def binary():
    if not Options.binary:
        raise Skipped("no --binary was given")
    return Options.binary


@case("the schema that the index template is made of is this binary's")
def schema():
    equal(json.loads(live.schema(binary())), elastic.schema(), "Tests/Fleet/recordings/schema.json (Tests/Fleet/record, then Tests/Fleet/generate)")


@case("lines that are recorded now fit the template and the tables, and say what those of the recordings say", seconds=120)
def recorded():
    if os.getuid():
        raise Skipped("recording needs root")
    now = [json.loads(raw) for raw in live.own(live.beat(binary())) + live.own(live.demo(binary()))]
    known = held.mapped()
    for line in now:
        for path, value in lines.flat(line):
            check(path in known, f"{path} is not in the template")
            for item in value if isinstance(value, list) else [value]:
                check(held.KINDS[known[path]](item), f"{path} is {item!r}, not of type {known[path]}")
    for wanted in ("firewall-changed", "firewall-alert", "firewall-state", "collector-health", "collector-started", "collector-stopped", "firewall-service-stopped", "firewall-sysctl-changed"):
        check(any(lines.action(line) == wanted for line in now), f"no {wanted} was recorded")
    full = store.full()
    for line in now:
        line["host"]["hostname"] = "live"
    full.insert([lines.spelled(line) for line in now])
    rows = full.rows("SELECT action, toString(ts) AS ts, sequence, executable, effective_before, effective_after, rule_id, alert_state, host_id FROM wallwatch.events WHERE host = 'live'")
    told = {line["@timestamp"].replace("T", " ")[:-1] + lines.action(line) + str(line["event"]["sequence"]): line for line in now}
    equal(len(rows), len(told), "rows")
    for row in rows:
        line = told[row["ts"] + row["action"] + str(row["sequence"])]
        equal(row["executable"], lines.get(line, "process.executable", ""), "executable")
        if row["action"] == "firewall-changed":
            equal((int(row["effective_before"]), int(row["effective_after"])), (lines.get(line, "wallwatch.change.effective_rules.before"), lines.get(line, "wallwatch.change.effective_rules.after")), "effective rules")
    full.run("ALTER TABLE wallwatch.events DELETE WHERE host = 'live' SETTINGS mutations_sync = 1")


@case("the figures that alert rules and dashboards ask for are those that the daemon writes", seconds=60)
def figures():
    if os.getuid():
        raise Skipped("recording needs root")
    text = live.metrics(binary())
    if text is None:
        raise Skipped("this binary has no output.metrics_file")
    done = prometheus.promtool("check", "metrics", text=text)
    equal((done.returncode, done.stdout + done.stderr), (0, ""), "promtool check metrics")
    written = {}
    for name, labels in prometheus.SELECTOR.findall(text):
        written.setdefault(name, set()).update(label for label, _ in prometheus.LABEL.findall(labels))
    for name, labels in prometheus.facts()["metrics"].items():
        check(name in written, f"the daemon does not write {name}")
        equal(set(labels) - written[name], set(), f"labels of {name}")
