"""What they need while nothing happens, and what wallwatch adds to a system call that does not concern it."""
import contextlib
import time

import measure
from core import namespace, running
from peers import CHANGE_TOOLS, EXEC_TOOLS
from tools import Tool, Unavailable, Wallwatch

TIERS = ("full", "kprobe", "restricted")


def idle(bench):
    """All at once, since none of them does anything: over the same minute, of the same machine."""
    seconds, rows = bench.count(60, 10), []
    # Only one program can be the machine's audit daemon: laurel runs below auditd and stands for both.
    kinds = {name: kind for name, kind in {**EXEC_TOOLS, **CHANGE_TOOLS}.items() if name not in ("auditd", "auditd NETFILTER_CFG")}
    with namespace() as space, contextlib.ExitStack() as all_of_them:
        tools = []
        for name, kind in kinds.items():
            if not bench.with_peers and not name.startswith("wallwatch"):
                continue
            try:
                tools.append(all_of_them.enter_context(running(kind(bench, space))))
            except Unavailable as reason:
                bench.absent("idle", name, reason)
        time.sleep(3 * bench.patience)
        started = measure.forks()
        bench.say(f"idle: {len(tools)} tools for {seconds} s")
        before = [(measure.cpu_us(tool.pids()), measure.wakeups(tool.pids())) for tool in tools]
        began = time.monotonic()
        time.sleep(seconds)
        elapsed = time.monotonic() - began
        for tool, (cpu, wakeups) in zip(tools, before):
            pids = tool.pids()
            rows.append({
                "tool": tool.name, "cpu_percent": (measure.cpu_us(pids) - cpu) / elapsed / 1e4,
                "wakeups_per_second": (measure.wakeups(pids) - wakeups) / elapsed, **measure.memory(pids),
                "threads": measure.status(pids, "Threads")})
        return {"seconds": elapsed, "others_forks": measure.forks() - started, "rows": rows}


def tax(bench):
    """Nanoseconds of getppid without and with wallwatch, per tier that this kernel allows."""
    count, rounds, rows, gone = bench.count(10_000_000, 2_000_000), bench.rounds(7, 3), [], set()
    for name in measure.interleaved(["wallwatch", *(f"wallwatch --tier {tier}" for tier in TIERS)], rounds, bench.seed):
        if name in gone or (name == "nothing" and rows and rows[-1]["tool"] == "nothing"):
            continue
        words = name.split()[1:]
        try:
            with namespace() as space, running(Tool(bench) if name == "nothing" else Wallwatch(bench, space, words=words)):
                rows.append({"tool": name, **bench.json_of([bench.helper("tax"), str(count)])})
        except Unavailable as reason:
            gone.add(name)
            bench.skip(f"system-call tax of {name}", str(reason).splitlines()[0])
    return {"count": count, "rounds": rounds, "rows": rows}


def run(bench):
    return {"idle": idle(bench), "tax": {"rows": []} if bench.only_budgets else tax(bench)}
