"""What wallwatch may cost at most (issue 8), and how far a shared, noisy machine may be off before that is told as a failure."""
import dataclasses
from typing import Callable

import measure

MIB = 1024.0


@dataclasses.dataclass
class Budget:
    """Kept if the value is at most `budget` x `times` + `plus`. `value` of the figures; None: it was not measured. One that is not
    `held` is printed and does not count: what the budget leaves out is to be seen all the same."""

    name: str
    unit: str
    value: Callable
    budget: float
    times: float = 1
    plus: float = 0
    is_held: bool = True


def storm(figures, tool, field):
    return [row[field] for row in figures["execs"]["storm"]["rows"] if row["tool"] == tool]


def slower(field):
    """In percent. The median of the rounds, each by the rounds of the base beside it; or, if that is less, the best round by the best
    round of the base: who else uses the machine only ever makes a round longer."""
    def value(figures):
        rows = figures["execs"]["storm"]["rows"]
        best = {tool: min(row[field] for row in rows if row["tool"] == tool) for tool in ("nothing", "wallwatch")}
        return 100 * (min(measure.quantile(measure.ratios(rows, field)["wallwatch"], 0.5), best["wallwatch"] / best["nothing"]) - 1)

    return value


def cpu_per_exec(tool):
    """The median of the rounds; of the few of --quick, the best."""
    def value(figures):
        storm_figure = figures["execs"]["storm"]
        return measure.quantile([cpu / storm_figure["count"] for cpu in storm(figures, tool, "tool_cpu_us")], 0.5 if storm_figure["rounds"] > 3 else 0)

    return value


def by_exec(tool):
    """CPU of a tool per exec, in percent of how long one takes without any: what a faster or a slower machine does to both is not in it."""
    def value(figures):
        storm_figure = figures["execs"]["storm"]
        alone = measure.quantile(storm(figures, "nothing", "wall_ns"), 0.5) / storm_figure["count"] / 1000
        return 100 * cpu_per_exec(tool)(figures) / alone

    return value


def changes(figures, part):
    return [row for row in figures["firewall"]["rows"] if row["tool"] == "wallwatch" and part in row["load"]]


def p99(part, where):
    return lambda figures: measure.quantile([row[where]["p99"] / 1000 for row in changes(figures, part)], 0.5)


def missing(figures):
    """Changes without a line, over all loads."""
    rows = changes(figures, "")
    return sum(row["count"] - row["seen"] for row in rows) + sum(row["losses"].get("sequence", 0) + row["losses"].get("firewall", 0) for row in rows)


def not_seen(figure):
    return lambda figures: figures["execs"][figure]["count"] - figures["execs"][figure]["seen"]


def idle(field):
    return lambda figures: next(row[field] for row in figures["idle"]["idle"]["rows"] if row["tool"] == "wallwatch")


def after_churn(figures):
    rows = storm(figures, "wallwatch", "own_kib") + [row["own_kib"] for row in changes(figures, "at a time")]
    return max(rows) / MIB


def hundred_thousand(figures):
    return max(row["own_kib"] for row in changes(figures, "100,000 rules")) / MIB


def started_with_hundred_thousand(figures):
    return max(row["own_kib"] for row in figures["start"]["rows"] if row["rules"] == 100_000) / MIB


def growth(figures):
    """How much more a commit of one rule takes among 100,000 than among 100."""
    found = {row["rules"]: row["nanoseconds"] for row in figures["engine"]["ruleset"] if row["what"].startswith("a commit of one rule")}
    return found[100_000] / found[100] if found else None


BUDGETS = [
    Budget("exec storm beside wallwatch: slower by", "%", slower("wall_ns"), 1.5, plus=6),
    Budget("exec storm beside wallwatch: more CPU of the storm by", "%", slower("cpu_ns"), 1.5, plus=6),
    Budget("CPU of wallwatch per exec", "µs", cpu_per_exec("wallwatch"), 5, times=1.6),
    Budget("CPU of wallwatch --emit process per exec", "µs", cpu_per_exec("wallwatch --emit process"), 15, is_held=False),
    Budget("the same by what a fork, exec and exit takes alone", "%", by_exec("wallwatch --emit process"), 15, times=2),
    Budget("execs not told, of two storms at once", "", not_seen("parallel"), 0),
    Budget("execs not told, of 5,000 while it was stopped", "", not_seen("stalled"), 0),
    Budget("changes not told, of all loads", "", missing, 0),
    Budget("latency, 100 changes a second, p99 at the reader", "ms", p99("100 a second", "outside_us"), 5, times=2),
    Budget("latency, nft(8) one after the other, p99 by its own account", "ms", p99("nft(8)", "inside_us"), 25, times=2),
    Budget("latency, raw netlink flat out, p99 at the reader", "ms", p99("flat out", "outside_us"), 25, is_held=False),
    Budget("own memory, idle", "MiB", lambda figures: idle("own_kib")(figures) / MIB, 16, times=1.15),
    Budget("own memory, after the storms", "MiB", after_churn, 24, times=1.15),
    Budget("own memory, after a transaction of 100,000 rules", "MiB", hundred_thousand, 64, times=1.15),
    Budget("own memory, started with 100,000 rules", "MiB", started_with_hundred_thousand, 64, times=1.15),
    Budget("resident idle, with the pages of its own file", "MiB", lambda figures: idle("rss_kib")(figures) / MIB, 16, is_held=False),
    Budget("CPU idle", "%", idle("cpu_percent"), 0.05, plus=0.05),
    Budget("a commit of one rule, among 100,000 by among 100", "x", growth, 1, times=4),
]


def verdicts(found):
    """(budget, value, limit, verdict) of each; verdicts are PASS, FAIL, SKIP and, of those not held, NOTE."""
    for budget in BUDGETS:
        figures = found["figures"]
        try:
            value = budget.value(figures)
            limit = budget.budget * budget.times + budget.plus
        except (KeyError, StopIteration):  # that figure was left out by --only
            value = limit = None
        if value is None:
            yield budget, None, None, "SKIP"
        elif not budget.is_held:
            yield budget, value, limit, "NOTE"
        else:
            yield budget, value, limit, "PASS" if value <= limit else "FAIL"


def shown(value):
    """Three digits, and no exponent."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def is_emulated(found):
    return "QEMU" in (found["machine"]["cpu"] or "")


def check(found):
    """Prints a line each and the closing line; the exit status."""
    if is_emulated(found):
        print("SKIP  all budgets: they are for a machine that is not emulated\n0 passed, 0 failed, 1 skipped")
        return 0
    count = {"PASS": 0, "FAIL": 0, "SKIP": 0, "NOTE": 0}
    for budget, value, limit, verdict in verdicts(found):
        count[verdict] += 1
        if verdict == "SKIP":
            print(f"SKIP  {budget.name}: {reason(found, budget)}")
        else:
            print(f"{verdict}  {budget.name}: {shown(value)} {budget.unit}".rstrip() + f" (budget {budget.budget:g}, with slack {limit:.3g})")
    print(f"{count['PASS']} passed, {count['FAIL']} failed, {count['SKIP']} skipped", flush=True)
    return 1 if count["FAIL"] or not count["PASS"] else 0


def reason(found, budget):
    """Why it was not measured: what the run says, or that --only left it out."""
    if budget.value is growth and "engine" in found["figures"]:
        return next((why for what, why in found["skipped"] if what == "records and effective rules alone"), "engine-bench says nothing of it")
    return "left out by --only"
