"""Alert rules: promtool takes them, each fires when it has to and not else, and they ask only for what is written."""
import os

from harness.outcome import case, check, equal
import yaml

from fleet import prometheus
from fleet.lines import CONTRIB

NEVER, ALWAYS = "vector(1) > 2", "vector(1)"


def text(name):
    with open(os.path.join(CONTRIB, "prometheus", name), encoding="utf-8") as file:
        return file.read()


@case("promtool checks the alert rules")
def checked():
    done = prometheus.promtool("check", "rules", os.path.join(CONTRIB, "prometheus", "alerts.yml"))
    count = sum(len(group["rules"]) for group in prometheus.rules()["groups"])
    check(done.returncode == 0 and f"SUCCESS: {count} rules found" in done.stdout, "promtool check rules", [done.stdout, done.stderr])
    check(count >= 10, f"only {count} rules")


@case("each alert fires for what it is made for, and not for what is beside it")
def fires():
    held, said = prometheus.tested(text("alerts.yml"), text("alerts_test.yml"))
    check(held, "promtool test rules", [said])


@case("an alert that never fires, or always, is found by that test")
def can_fail():
    tests, names = text("alerts_test.yml"), {rule["alert"] for group in prometheus.rules()["groups"] for rule in group["rules"]}
    for mutation in (NEVER, ALWAYS):
        changed = prometheus.rules()
        for group in changed["groups"]:
            for rule in group["rules"]:
                rule["expr"] = mutation
        held, said = prometheus.tested(yaml.safe_dump(changed), tests)
        check(not held, f"all alerts as {mutation} pass the test")
        equal({name for name in names if name not in said}, set(), f"alerts that as {mutation} are missed by no test")


@case("alert rules ask only for figures and labels that are written")
def names():
    facts = prometheus.facts()
    known = {**facts["metrics"], **facts["node_exporter"]}
    for group in prometheus.rules()["groups"]:
        for rule in group["rules"]:
            equal(list(prometheus.unknown(rule["expr"], known, facts["values"])), [], rule["alert"])
            check(rule["labels"]["severity"] in ("warning", "critical") and rule["annotations"]["summary"], f"{rule['alert']} says too little")
    equal(list(prometheus.unknown('rate(wallwatch_event_total{actoin="x"}[5m])', known, {})), ["the metric wallwatch_event_total"], "the check itself")
    equal(list(prometheus.unknown('wallwatch_rules{host="yes"} > 0', known, facts["values"])), ["host=yes of wallwatch_rules"], "the check itself")
