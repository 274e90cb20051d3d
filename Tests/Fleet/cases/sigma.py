"""Sigma: rules convert to each language, what is generated is of these rules, and where an engine runs each finds what it should."""
import copy
import json
import os
import re

from harness.outcome import Skipped, case, check, equal
from sigma.collection import SigmaCollection

from fleet import elastic, engines, lines, products, sigma, store
from fleet.expected import MUTATIONS, RULES
from fleet.lines import get
from fleet.suite import Options

# One rule with all that SigmaHQ's rules for Linux processes ask for; its text is ours.
FIELDS = """
title: all fields
logsource: {category: process_creation, product: linux}
detection:
  all:
    Image|endswith: /iptables
    CommandLine|contains: ' -F'
    ParentImage|endswith: sh
    ParentCommandLine|contains: sh
    CurrentDirectory|startswith: /
    User: root
  condition: all
"""


def named():
    return {name: (rule, query) for name, rule, query, _ in sigma.converted("sqlite")}


@case("there are rules on alerts, changes, services, files, switches, modules, the collector, and correlations over hosts")
def enough():
    found = named()
    check(len(found) >= 15, f"only {len(found)}")
    actions = {action for text in sigma.collections().values() for action in re.findall(r"^ +(?:- |event.action: )((?:collector|firewall)-[a-z-]+)$", text, re.MULTILINE)}
    known = set(get(elastic.schema(), "properties.event.properties.action.enum"))
    equal(actions - known, set(), "actions that no line has")
    for action in ("firewall-alert", "firewall-changed", "firewall-service-stopped", "firewall-config-changed", "firewall-sysctl-changed", "firewall-module-unloaded", "collector-tampered", "collector-coverage-changed", "collector-events-lost"):
        check(action in actions, f"no rule on {action}")
    ids = [document.split("\nid: ")[1].split("\n")[0] for text in sigma.collections().values() for document in text.split("\n---\n")]
    equal(len(ids), len(set(ids)), "an id twice")


@case("rules ask only for fields that a line can have, and for none that is an array")
def fields():
    known = {path: many for path, _, many in elastic.leaves(elastic.schema())}
    listed = {path for path in known if any(path.startswith(prefix) for prefix in ("wallwatch.traits.", "wallwatch.ancestry.", "wallwatch.change.operations.", "wallwatch.change.policies.", "wallwatch.alert.reasons."))}
    for name, text in sigma.collections().items():
        for document in text.split("\n---\n"):
            detection = document.split("\ndetection:")[-1].split("\nfalsepositives:")[0]
            for field in re.findall(r"^\s+([a-z_]+(?:\.[a-z_0-9]+)+)(?:\|[a-z|]+)?:", detection, re.MULTILINE):
                check(field in known, f"{name} asks for {field}")
                check(not known[field] and field not in listed, f"{name} asks for {field}, an array: Loki leaves it out and SQLite has no such column")


@case("contrib/generated and the index template are made of what they are made of")
def generated():
    equal(sorted(os.path.relpath(path, lines.ROOT) for path in products.stale()), [], "Tests/Fleet/generate was not run")
    for target, (_, file, _) in sigma.TARGETS.items():
        if file:
            names = [name for name, _, _, _ in sigma.converted(target)]
            text = sigma.read(os.path.join(lines.CONTRIB, "generated", file))
            check(all(f"{name} (" in text for name in names), f"{file} lacks a rule")


@case("over real lines each rule finds what it should in SQLite and in EQL, and nothing else")
def found():
    every = store.real_lines() + store.planted_lines()
    table, eql_queries = engines.Table(every), {name: query for name, _, query, _ in sigma.converted("eql")}
    for name, (_, query) in named().items():
        if name not in RULES:
            continue
        wanted = sorted((line["host"]["id"], line["event"]["id"]) for line in every if RULES[name](line))
        check(wanted, f"no line for {name}")
        check(len(wanted) < len(every) / 4, f"{name} finds nearly all")
        equal(table.hits(query), wanted, f"{name} in SQLite")
        equal([hit for hits in engines.eql_hits(eql_queries[name], every) for hit in hits], wanted, f"{name} in EQL")
    equal(set(named()) - set(RULES), {"wallwatch_fleet_drop", "wallwatch_probing"}, "rules without an expectation")


@case("correlations find the burst of the fleet and the host that is probed, and nothing else, in SQLite", seconds=60)
def correlated():
    fleet = store.fleet()
    counted = [line for line in fleet.lines if lines.action(line) in ("firewall-changed", "firewall-change-failed")]
    table = engines.Table(counted)
    queries = {name: query for name, (_, query) in named().items()}
    rows = table.rows(queries["wallwatch_fleet_drop"])
    hosts = {line["host"]["hostname"] for row in rows for line in of(counted, row)}
    equal([sorted(hosts)], fleet.facts["bursts"], "hosts of wallwatch_fleet_drop")
    equal(max(row["metric_value"] for row in rows), len(hosts), "how many hosts at most")
    rows = table.rows(queries["wallwatch_probing"])
    equal(sorted({line["host"]["hostname"] for row in rows for line in of(counted, row)}), fleet.facts["probing"], "hosts of wallwatch_probing")


def of(every, row):
    """The lines that a correlation counted: it names them by their row."""
    return [every[int(name.partition(":")[2]) - 1] for name in json.loads(row["event_ids"])]


@case("a line that differs in one field from what a rule is made for is not found")
def missed():
    every = store.real_lines() + store.planted_lines()
    queries = {name: query for name, (_, query) in named().items()}
    eql_queries = {name: query for name, _, query, _ in sigma.converted("eql")}
    for name, mutations in MUTATIONS.items():
        hit = next(line for line in every if RULES[name](line))
        check(len(mutations) >= 1, name)
        for path, value in mutations:
            other = copy.deepcopy(hit)
            lines.put(other, path, value)
            equal(engines.Table([hit, other]).hits(queries[name]).count((hit["host"]["id"], hit["event"]["id"])), 1, f"{name} in SQLite, with {path} = {value!r} in the second line")
            equal(len(engines.eql_hits(eql_queries[name], [hit, other])), 1, f"{name} in EQL, with {path} = {value!r} in the second line")
    equal(set(RULES) - set(MUTATIONS), set(), "rules without a line beside")


@case("SigmaHQ's fields for Linux processes are mapped, and both paths of an executable are asked for")
def mapped():
    executions = [line for line in store.real_lines() if lines.action(line) == "exec"]
    query = sigma.one("sqlite", SigmaCollection.from_yaml(FIELDS))[0]
    table = engines.Table(executions)
    wanted = sorted((line["host"]["id"], line["event"]["id"]) for line in executions
                    if any(str(path).endswith("/iptables") for path in (get(line, "process.executable"), get(line, "wallwatch.process.invoked")))
                    and " -f" in get(line, "process.command_line", "").lower() and get(line, "process.parent.executable", "").endswith("sh")
                    and "sh" in get(line, "process.parent.command_line", "") and get(line, "process.user.name") == "root")
    check(wanted, "no recording has a shell that calls iptables -F")
    equal(table.hits(query), wanted, "the rule with all fields")
    # /usr/sbin/iptables leads to xtables-nft-multi: by the file alone it would be missed.
    alone = query.replace("wallwatch.process.invoked", "process.executable")
    equal(table.hits(alone), [], "by the file alone")
    for target in sigma.TARGETS:
        check(sigma.one(target, SigmaCollection.from_yaml(FIELDS))[0], target)


@case("all of SigmaHQ's rules on Linux processes convert, and run in SQLite", seconds=120)
def sigmahq():
    folder = os.path.join(Options.sigmahq, "rules/linux/process_creation")
    if not Options.sigmahq:
        raise Skipped("no checkout of SigmaHQ/sigma was given (--sigmahq DIR): it cannot be had from a package registry")
    names = sorted(os.listdir(folder))
    executions = [line for line in store.real_lines() if lines.action(line) == "exec"]
    table, hits = engines.Table(executions), 0
    for name in names:
        text = sigma.read(os.path.join(folder, name))
        for target in sigma.TARGETS:
            queries = sigma.all_of(target, SigmaCollection.from_yaml(text))
            check(queries, f"{name} gives nothing for {target}")
            if target == "sqlite":
                hits += sum(len(table.hits(query)) for query in queries)
    check(len(names) > 100 and hits > 0, f"{len(names)} rules, {hits} hits")
    print(f"    {len(names)} rules, {len(sigma.TARGETS)} languages, {hits} hits in {len(executions)} exec lines")
