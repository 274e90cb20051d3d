"""The exec storm: what each tool adds to fork, exec, exit and wait, what it needs for itself, and what it misses."""
import os
import signal
import subprocess
import time

import measure
from core import namespace, running
from peers import EXEC_TOOLS
from tools import Tool, Unavailable, WallwatchProcess




def one_round(bench, kind, count):
    program = bench.helper("nothing")
    with namespace() as space, running(kind(bench, space)) as tool:
        time.sleep(0.3 * bench.patience)
        tool.settle()
        pids, others = tool.pids(), measure.forks()
        before = measure.cpu_us(pids)
        row = {"tool": tool.name, **bench.json_of([bench.helper("execs"), str(count), program])}
        row["others_forks"] = measure.forks() - others - count
        tool.settle()
        if tool.process:
            row.update(tool_cpu_us=measure.cpu_us(pids) - before, **measure.memory(pids))
            tool.stop()
            row.update(seen=tool.execs_seen(program), losses=tool.losses(), output_bytes=os.path.getsize(tool.output))
    return row


def storm(bench):
    """Rows of all rounds, in the order they were run."""
    count, rounds = bench.count(20_000, 3_000), bench.rounds(5, 3)
    names = [name for name in EXEC_TOOLS if bench.with_peers or name.startswith("wallwatch")]
    rows, gone = [], set()
    for name in measure.interleaved(names, rounds, bench.seed):
        if name in gone or (name == "nothing" and rows and rows[-1]["tool"] == "nothing"):
            continue
        bench.say(f"exec storm: {count} beside {name}")
        try:
            rows.append(one_round(bench, EXEC_TOOLS.get(name, Tool), count))
        except Unavailable as reason:
            gone.add(name)
            bench.absent("exec storm", name, reason)
    return {"count": count, "rounds": rounds, "rows": rows}


def parallel(bench):
    """Two storms at once, each half of the executions; what wallwatch tells of them."""
    count = bench.count(20_000, 6_000)
    program = bench.helper("nothing")
    bench.say(f"{count} execs in two storms at once")
    with namespace() as space, running(WallwatchProcess(bench, space)) as tool:
        storms = [subprocess.Popen([bench.helper("execs"), str(count // 2), program], stdout=subprocess.DEVNULL) for _ in range(2)]
        for process in storms:
            process.wait()
        tool.settle()
        tool.stop()
        return {"count": count, "seen": tool.execs_seen(program), "losses": tool.losses()}


def stalled(bench):
    """The reader of the ring stands still during 5,000 executions, then goes on."""
    count = bench.count(5_000, 5_000)
    program = bench.helper("nothing")
    bench.say(f"{count} execs while wallwatch is stopped")
    with namespace() as space, running(WallwatchProcess(bench, space)) as tool:
        tool.process.send_signal(signal.SIGSTOP)
        bench.json_of([bench.helper("execs"), str(count), program])
        tool.process.send_signal(signal.SIGCONT)
        time.sleep(0.2)
        tool.settle()
        tool.stop()
        return {"count": count, "seen": tool.execs_seen(program), "losses": tool.losses()}


def run(bench):
    return {"storm": storm(bench), "parallel": parallel(bench), "stalled": stalled(bench)}
