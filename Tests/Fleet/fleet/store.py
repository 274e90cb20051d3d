"""Lines and databases that several tests share, made once."""
from functools import cache
import json

from . import lines
from .plan import Fleet


@cache
def recordings():
    return lines.recordings()


@cache
def real_lines():
    """All recorded lines. Each recording is of a daemon of its own: its sequence numbers begin at 1."""
    return [line for recording in recordings().values() for line in recording]


@cache
def planted_lines():
    """Lines of kinds that no recording has, each made of a real one by setting single fields: what the rules for them must find."""
    by = {}
    for line in real_lines():
        by.setdefault(lines.action(line), line)
    started = by["collector-started"]
    made = [
        changed(by["firewall-changed"], "p-1", **{"event.action": "firewall-module-unloaded", "event.category": ["configuration", "driver"], "event.type": ["end"], "wallwatch.change": None,
                                                  "wallwatch.module": {"name": "nf_tables", "loaded": False}}),
        changed(started, "p-2", **{"wallwatch.collector.tier.netlink": "none"}),
        changed(started, "p-3", **{"event.action": "collector-coverage-changed", "wallwatch.collector.tier.xtables": "none"}),
        changed(started, "p-4", **{"event.action": "collector-events-lost", "event.outcome": "failure", "wallwatch.collector": {"lost": {"firewall": 12}}}),
        changed(started, "p-5", **{"event.action": "collector-events-lost", "event.outcome": "failure", "wallwatch.collector": {"lost": {"lineage": 900, "process_lines": 3}}}),
        changed(started, "p-6", **{"event.action": "collector-events-lost", "event.outcome": "failure", "wallwatch.collector": {"lost": {"alert_lines": 1}}}),
        changed(by["firewall-service-stopped"], "p-7", **{"wallwatch.service.shutting_down": True}),
        changed(next(line for line in real_lines() if (lines.get(line, "wallwatch.change.effective_rules.delta") or 0) < 0), "p-8",
                **{"wallwatch.change.attributed": False, "wallwatch.change.source": "notification", "process": None}),
        changed(by["firewall-config-changed"], "p-9", **{"wallwatch.config_file.operation": "removed"}),
        changed(by["firewall-config-changed"], "p-10", **{"wallwatch.config_file.attributed": False, "process": None}),
    ]
    return made


def changed(line, name, **fields):
    made = json.loads(lines.spelled(line))
    for path, value in {"event.id": name, **fields}.items():
        lines.put(made, path, value)
    return made


@cache
def fleet():
    return Fleet(recordings())


@cache
def full():
    """The fleet's lines in ClickHouse, as they were sent: out of order, some twice, some not at all, some cut."""
    from .database import Database
    database = Database()
    database.insert(fleet().sent)
    return database


def hosts():
    return sorted({line["host"]["hostname"] for line in fleet().lines})


def span():
    """From and to, for a dashboard's macro."""
    times = sorted(line["@timestamp"] for line in fleet().lines)
    return times[0][:19].replace("T", " "), times[-1][:19].replace("T", " ")
