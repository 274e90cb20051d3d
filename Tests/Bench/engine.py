"""wallwatch without the kernel: its detector by a recording, a record on its way to the line, the model of effective rules by size."""
import json
import os
import subprocess
import time

import measure
from core import namespace, running
from tools import Wallwatch


def recording(bench, path):
    """Records some hundred changes by nft, with the processes behind them, as `--emit record` writes them. Returns how many records."""
    with namespace() as space, running(Wallwatch(bench, space, words=("--emit", "firewall,firewall-process,state,record"))) as tool:
        script = "nft add table inet t; nft add chain inet t c; i=0; while [ $i -lt 300 ]; do nft add rule inet t c tcp dport $i drop; i=$((i+1)); done"
        space.run(["sh", "-ec", script])
        tool.settle()
        tool.stop()
        with open(tool.output, encoding="utf-8") as source, open(path, "w", encoding="utf-8") as target:
            lines = [line for line in source if '"action":"record"' in line]
            target.writelines(lines)
    return len(lines), tool


def replay(bench, config, path):
    began = time.monotonic()
    process = subprocess.Popen([bench.binary, "replay", path, "--config", config], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, said = process.communicate()
    elapsed = time.monotonic() - began
    if process.returncode:
        raise RuntimeError(f"replay ended with {process.returncode}: {said[-300:]}")
    return elapsed


def engine(bench):
    """Records a second: of a long recording minus a short one, so that the program's start does not count."""
    short, long = (os.path.join(bench.folder, name) for name in ("short", "long"))
    config = os.path.join(bench.folder, "replay.toml")
    open(config, "w", encoding="ascii").close()
    records, _ = recording(bench, short)
    times = bench.count(100, 10)
    with open(short, "rb") as source, open(long, "wb") as target:
        data = source.read()
        for _ in range(times):
            target.write(data)
    rows = []
    for _ in range(bench.rounds(5, 2)):
        base, all_of_it = replay(bench, config, short), replay(bench, config, long)
        rows.append({"short_s": base, "long_s": all_of_it, "records_per_second": records * (times - 1) / max(1e-9, all_of_it - base), "bytes": len(data)})
    return {"records": records, "times": times, "rows": rows, "records_per_second": measure.summary([row["records_per_second"] for row in rows])}


def alone(bench):
    """What engine-bench says (Tests/Bench/engine), if it is built: what a record costs, and the model of effective rules by size."""
    if not bench.engine_bench:
        bench.skip("records and effective rules alone", "engine-bench is not built: `scripts/bench` without --binary builds it, --engine-bench FILE names one")
        return []
    done = subprocess.run([bench.engine_bench, "--json"], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def run(bench):
    figures = alone(bench)
    return {"replay": {"rows": []} if bench.only_budgets else engine(bench), "steps": [row for row in figures if "step" in row],
            "ruleset": [row for row in figures if "step" not in row]}
