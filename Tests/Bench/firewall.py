"""The firewall storm: one-rule changes by several programs, one huge transaction, and a ruleset that is loaded anew each second."""
import os
import re
import time

import measure
from core import namespace, running
from peers import CHANGE_TOOLS
from tools import Tool, Unavailable

GENERATION = re.compile(rb"# new generation (\d+)")
LOOP = 'i=0; while [ $i -lt {count} ]; do {command}; i=$((i+1)); done'


class Load:
    """`backend`: whose lines tell of it. `transactions`: by `changes`, which notes when each was sent; else by `prepare` and `command`."""

    def __init__(self, name, changes, backend="nftables", words=(), prepare="", command=""):
        self.name, self.changes, self.backend, self.words, self.prepare, self.command = name, changes, backend, words, prepare, command
        self.program = "changes" if words else command.split()[0]

    def perform(self, bench, space, times):
        if self.words:
            return bench.json_of([bench.helper("changes"), times, *map(str, self.words)], space)
        began, before = time.monotonic_ns(), os.times()
        script = LOOP.format(count=self.changes, command=self.command)
        space.run(["sh", "-ec", script])
        after = os.times()
        cpu = (after.children_user - before.children_user + after.children_system - before.children_system) * 1e9
        return {"count": self.changes, "wall_ns": time.monotonic_ns() - began, "cpu_ns": cpu}


def loads(bench):
    many, some, seconds = bench.count(10_000, 2_000), bench.count(1_000, 100), bench.count(10, 3)
    calm = bench.count(1_000, 200)
    return [
        Load("one rule at a time, raw netlink, 100 a second", calm, words=("paced", calm, 100)),
        Load("one rule at a time, raw netlink, flat out", many, words=("storm", many)),
        Load("one rule at a time, nft(8)", some, prepare="nft add table inet bench; nft add chain inet bench c", command="nft add rule inet bench c tcp dport $i drop"),
        Load("one rule at a time, iptables-legacy", some, "xtables-legacy", prepare="iptables-legacy -N c", command="iptables-legacy -A c -p tcp --dport $i -j DROP"),
        Load("one element at a time, ipset", some, "ipset", prepare="ipset create bench hash:ip", command="ipset add bench 10.0.$((i/256)).$((i%256))"),
        Load("one transaction of 100,000 rules", 1, words=("bulk", 100_000)),
        Load("20,000 rules anew each second", seconds, words=("sync", 20_000, seconds)),
    ]


def can_see(tool, load):
    return tool.startswith("wallwatch") or load.backend == "nftables" or (tool.startswith("auditd") and load.backend == "xtables-legacy")


def times_of(path):
    """(before the send, after the answer, rules) in nanoseconds; the first transaction makes table and chain and does not count."""
    with open(path, encoding="ascii") as file:
        return [tuple(map(int, line.split())) for line in file][1:]


def told_by_wallwatch(tool, space, load):
    """Lines of changes in that namespace as (arrival, generation, own latency)."""
    found = []
    for when, line in tool.lines():
        change = line.get("wallwatch", {}).get("change", {})
        if line["event"]["action"] == "firewall-changed" and change["netns"]["id"] == space.id and change["backend"] == load.backend:
            found.append((when, change.get("generation"), change.get("latency_us")))
    return found


def told_by_monitor(tool):
    found = []
    with open(tool.output, "rb") as file:
        for line in file:
            if match := GENERATION.search(line):
                found.append((int(line.split(b" ", 1)[0]), int(match[1]), None))
    return found


def told_by(tool, space, load):
    if tool.name == "wallwatch":
        return told_by_wallwatch(tool, space, load)
    return told_by_monitor(tool) if tool.name == "nft monitor" else []


def latencies(told, times, start):
    """Microseconds from before the send to the arrival of its line at the reader, and how many have no line. `start`: the generation
    before the first; each commit raises it by one."""
    arrivals = {generation: when for when, generation, _ in reversed(told)}
    outside = [(arrivals[start + 1 + place] - sent) / 1000 for place, (sent, _, _) in enumerate(times) if start + 1 + place in arrivals]
    return outside, len(times) - len(outside)


def spread(values):
    return {name: round(measure.quantile(values, share), 1) for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1))} if values else None


def one_round(bench, load, kind):
    times = os.path.join(bench.folder, "times")
    with namespace() as space:
        with running(kind(bench, space, stamped=kind.name in ("wallwatch", "nft monitor"))) as tool:
            if load.prepare:
                space.run(["sh", "-ec", load.prepare])
            time.sleep(0.3 * bench.patience)
            tool.settle()
            pids = tool.pids()
            before = measure.cpu_us(pids)
            prepared = len(told_by(tool, space, load))
            row = {"load": load.name, "tool": tool.name, **load.perform(bench, space, times)}
            tool.settle()
            if not tool.process:
                return row
            row.update(tool_cpu_us=measure.cpu_us(pids) - before, **measure.memory(pids))
            tool.stop()
            sent = times_of(times) if load.words else []
            row.update(losses=tool.losses())
            if kind.name == "wallwatch":
                told = told_by(tool, space, load)[prepared:]
                row["inside_us"] = spread([own for _, generation, own in told if own is not None and not (sent and generation == row["generation"])])
            elif kind.name == "nft monitor":
                told = told_by(tool, space, load)[prepared:]
            else:
                row["seen"] = tool.changes_seen(load.program) - 1  # the one that made the chain
                return row
            outside, missing = latencies(told, sent, row["generation"]) if sent else ([], None)
            row.update(seen=len(outside) if sent else len(told), lines=len(told), missing=missing, outside_us=spread(outside))
            return row


def run(bench):
    rounds, rows = bench.rounds(3, 1), []
    for load in loads(bench):
        names = [name for name in CHANGE_TOOLS if can_see(name, load) and (bench.with_peers or name == "wallwatch")]
        plan = ["wallwatch"] * rounds if bench.only_budgets else measure.interleaved(names, rounds, bench.seed)
        for name in plan:
            bench.say(f"firewall storm: {load.name}, beside {name}")
            try:
                rows.append(one_round(bench, load, CHANGE_TOOLS.get(name, Tool)))
            except Unavailable as reason:
                bench.absent("firewall storm", name, reason)
    return {"rounds": rounds, "rows": rows}
