"""From exec to the line `collector-started`: with rules that stand, and with processes that run."""
import contextlib
import os
import subprocess

import measure
from core import namespace
from tools import Wallwatch


@contextlib.contextmanager
def sleepers(bench, count):
    """So many processes that sleep meanwhile."""
    process = subprocess.Popen([bench.helper("sleepers"), str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        made = int(process.stdout.readline())
        if made != count:
            raise RuntimeError(f"only {made} of {count} processes could be started")
        yield
    finally:
        process.stdin.close()
        process.wait()


def started(bench, rules, processes):
    with namespace() as space, sleepers(bench, processes) if processes else contextlib.nullcontext():
        if rules:
            bench.json_of([bench.helper("changes"), os.path.join(bench.folder, "times"), "bulk", str(rules)], space)
        tool = Wallwatch(bench, space)
        try:
            seconds = tool.start()
            pids = tool.pids()
            cpu = measure.cpu_us(pids) / 1e6
            tool.settle()
            return {"rules": rules, "processes": processes, "seconds": seconds, "cpu_s": cpu, "settled_cpu_s": measure.cpu_us(pids) / 1e6,
                    **measure.memory(pids)}
        finally:
            tool.close()


def run(bench):
    rows = []
    for round_number in range(bench.rounds(5, 1)):
        for rules, processes in ((100_000, 0),) if bench.only_budgets else ((0, 0), (1_000, 0), (100_000, 0), (0, 5_000)):
            bench.say(f"start: {rules} rules, {processes} processes, round {round_number + 1}")
            rows.append(started(bench, rules, processes))
    return {"rows": rows}
