"""The figures as Markdown tables, for standard output and for docs/performance.md."""
import re

import budgets
import measure


def table(head, rows):
    if not rows:
        return "Not measured in this run.\n"
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines)


def number(value, digits=1):
    return "–" if value is None else f"{value:,.{digits}f}"


def middle(values, scale=1.0, digits=1):
    """The median, and from least to most."""
    found = measure.summary(values)
    if not found:
        return "–"
    text = number(found["median"] * scale, digits)
    return text if found["count"] == 1 else f"{text} ({number(found['min'] * scale, digits)} to {number(found['max'] * scale, digits)})"


def percent(ratios):
    return middle([ratio - 1 for ratio in ratios], 100)


def by_tool(rows):
    found = {}
    for row in rows:
        found.setdefault(row["tool"], []).append(row)
    return found


def column(rows, field):
    return [row[field] for row in rows if row.get(field) is not None]


def lost(rows):
    told = {}
    for row in rows:
        for what, count in row.get("losses", {}).items():
            told[what] = told.get(what, 0) + count
    return ", ".join(f"{count:,} {what}" for what, count in told.items()) or "0"


def told_of(rows):
    seen = column(rows, "seen")
    return f"{sum(seen):,} of {sum(row['count'] for row in rows):,}" if seen else "–"


def execs(figure):
    rows = figure["storm"]["rows"]
    wall, cpu, count = measure.ratios(rows, "wall_ns"), measure.ratios(rows, "cpu_ns"), figure["storm"]["count"]
    base = [row["wall_ns"] / count / 1000 for row in rows if row["tool"] == "nothing"]
    body = [["nothing (itself, by its neighbours)", percent(measure.noise(rows, "wall_ns")), percent(measure.noise(rows, "cpu_ns")), "–", "–", "–", "–", "–", "–"]]
    for tool, its in by_tool(rows).items():
        if tool != "nothing":
            body.append([
                tool, percent(wall.get(tool, [])), percent(cpu.get(tool, [])), middle(column(its, "tool_cpu_us"), 1 / count), middle(column(its, "peak_rss_kib"), 1 / 1024),
                middle(column(its, "own_kib"), 1 / 1024), told_of(its), lost(its), middle([row["output_bytes"] / count for row in its], 1, 0)])
    body[1:] = sorted(body[1:], key=lambda line: (not line[0].startswith("wallwatch"), line[0]))
    text = table(["beside", "storm slower, %", "CPU of the storm, %", "CPU of the tool, µs per exec", "peak RSS, MiB", "own memory, MiB", "execs told", "lost, by its own account", "bytes per exec"], body)
    text += f"\nOne fork, exec, exit and wait without any tool: {middle(base)} µs. {count:,} a round, {figure['storm']['rounds']} rounds of each tool.\n\n"
    words = {"parallel": "two storms at once", "stalled": "wallwatch stopped meanwhile"}
    text += table(["wallwatch --emit process", "execs", "told", "lost, by its own account"],
                  [[words[name], f"{figure[name]['count']:,}", f"{figure[name]['seen']:,}", lost([figure[name]])] for name in words])
    return text


def latency(rows, where):
    found = [row[where] for row in rows if row.get(where)]
    if not found:
        return "–"
    parts = [measure.quantile([one["p50"] for one in found], 0.5), measure.quantile([one["p99"] for one in found], 0.5), max(one["max"] for one in found)]
    return " / ".join(number(part / 1000, 2 if part < 100_000 else 0) for part in parts)


def firewall(figure):
    body = []
    for load in dict.fromkeys(row["load"] for row in figure["rows"]):
        rows = [row for row in figure["rows"] if row["load"] == load]
        wall = measure.ratios(rows, "wall_ns")
        for tool, its in sorted(by_tool(rows).items(), key=lambda pair: (not pair[0].startswith("wallwatch"), pair[0])):
            if tool != "nothing":
                per = [row["tool_cpu_us"] / row["count"] for row in its]
                body.append([
                    load, tool, f"{its[0]['count']:,}", "–" if "second" in load else percent(wall.get(tool, [])), middle(per, 1, 0), middle(column(its, "peak_rss_kib"), 1 / 1024), middle(column(its, "own_kib"), 1 / 1024),
                    told_of(its), latency(its, "outside_us"), latency(its, "inside_us")])
    return table(["load", "beside", "transactions a round", "load slower, %", "CPU of the tool, µs per transaction", "peak RSS, MiB", "own memory, MiB",
                  "told", "latency at the reader, ms: p50 / p99 / max", "by wallwatch's own account, ms"], body)


def idle(figure):
    rows = figure["idle"]["rows"]
    text = table(["tool", "CPU, %", "wakeups a second", "RSS, MiB", "own memory, MiB", "threads"],
                 [[row["tool"], number(row["cpu_percent"], 3), number(row["wakeups_per_second"]), number(row["rss_kib"] / 1024), number(row["own_kib"] / 1024), row["threads"]] for row in rows])
    text += f"\nOver {figure['idle']['seconds']:.0f} s, in which {figure['idle']['others_forks']:,} processes were started on the machine.\n\n"
    taxes, ratios = by_tool(figure["tax"]["rows"]), measure.ratios(figure["tax"]["rows"], "ns")
    return text + table(["getppid", "ns per call", "by the rounds beside, %"],
                        [[tool, middle(column(its, "ns")), percent(ratios[tool]) if tool in ratios else percent(measure.noise(figure["tax"]["rows"], "ns"))] for tool, its in taxes.items()])


def engine(figure):
    replay = figure["replay"]
    text = "" if not replay["rows"] else table(["replay", "value"], [["records a second", middle([row["records_per_second"] for row in replay["rows"]], 1, 0)], ["records in the recording", f"{replay['records']:,}"],
                                       ["bytes of a record's line", number(replay["rows"][0]["bytes"] / replay["records"], 0)]])
    if figure.get("steps"):
        text += "\n" + table(["a record", "its bytes", "ns", "MB/s", "allocated, bytes", "allocations"],
                             [[row["step"], f"{row['record_bytes']:,}" if row["record_bytes"] else "–", f"{row['nanoseconds']:,.0f}",
                               f"{row['megabytes_per_second']:,.0f}" if "megabytes_per_second" in row else "–", f"{row['allocated_bytes']:,.0f}", number(row["allocations"])]
                              for row in figure["steps"]])
    sizes = sorted({row["rules"] for row in figure["ruleset"]})
    if not sizes:
        return text + "\nEffective rules by size: not measured in this run.\n"
    body = {}
    for row in figure["ruleset"]:
        body.setdefault(row["what"], {})[row["rules"]] = f"{row['nanoseconds']:,.0f} ns" if "nanoseconds" in row else f"{row['bytes']:,.0f} B"
    return text + "\n" + table(["effective rules, in a chain of", *(f"{size:,}" for size in sizes)], [[what, *(cells.get(size, "–") for size in sizes)] for what, cells in body.items()])


def start(figure):
    cases = {}
    for row in figure["rows"]:
        cases.setdefault((row["rules"], row["processes"]), []).append(row)
    return table(["rules", "processes beside", "s to collector-started", "CPU until then, s", "RSS, MiB", "own memory, MiB"],
                 [[f"{rules:,}", f"{processes:,}", middle(column(rows, "seconds"), 1, 2), middle(column(rows, "cpu_s"), 1, 2), middle(column(rows, "rss_kib"), 1 / 1024),
                   middle(column(rows, "own_kib"), 1 / 1024)] for (rules, processes), rows in cases.items()])


def machine(found):
    facts = found["machine"]
    body = [["date", facts["date"]], ["machine", f"{facts['cpu']}, {facts['cores']} processors, {facts['memory_mib']:,} MiB{', a virtual machine' if facts['hypervisor'] else ''}"],
            ["kernel", facts["kernel"]], ["distribution", facts["distribution"]], ["load (1, 5, 15 minutes) before", " ".join(f"{load:.2f}" for load in facts["load_before"])],
            ["load after", " ".join(f"{load:.2f}" for load in facts["load_after"])], ["took", f"{found['took_s']:,.0f} s{', --quick' if found['quick'] else ''}; seed {found['seed']}"]]
    body += [[name, said] for name, said in facts["versions"].items() if said]
    text = table(["", ""], body).replace("---:", "---")
    if facts["load_before"][0] > 0.2 * facts["cores"]:
        text += "\nOthers used the machine when this began. Durations and latencies are then theirs too; CPU, memory and what was told are less so.\n"
    return text


def skipped(found):
    return "".join(f"- {what}: {why.splitlines()[0]}\n" for what, why in found["skipped"]) or "Nothing was left out.\n"


def held(found):
    return table(["budget", "measured", "budget", "with slack", "verdict"],
                 [[budget.name, "–" if value is None else f"{budgets.shown(value)} {budget.unit}".rstrip(), f"{budget.budget:g}", "–" if limit is None or not budget.is_held else budgets.shown(limit), verdict]
                  for budget, value, limit, verdict in budgets.verdicts(found)])


TITLES = {"execs": "Exec storm", "firewall": "Firewall storm", "idle": "Idle", "engine": "Engine", "start": "Start"}
WRITERS = {"execs": execs, "firewall": firewall, "idle": idle, "engine": engine, "start": start}


def sections(found):
    parts = {"machine": machine(found), "skipped": skipped(found)}
    if not budgets.is_emulated(found):
        parts["budgets"] = held(found)
    return {**parts, **{name: WRITERS[name](figure) for name, figure in found["figures"].items()}}


def markdown(found):
    parts = sections(found)
    titles = {"machine": "Machine", **TITLES, "budgets": "Budgets", "skipped": "Not measured"}
    return "\n".join(f"## {title}\n\n{parts[name]}" for name, title in titles.items() if name in parts)


def fill(path, found, prefix="", only=None):
    """Puts the tables between the page's markers; a figure that was not measured keeps what stands there."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for name, part in sections(found).items():
        if only and name not in only:
            continue
        name = prefix + name
        marked = re.compile(rf"(<!-- bench:{name} -->\n).*?(<!-- /bench -->)", re.S)
        if not marked.search(text):
            raise SystemExit(f"{path} has no place for {name}: <!-- bench:{name} --> … <!-- /bench -->")
        text = marked.sub(lambda match, part=part: match[1] + "\n" + part + "\n" + match[2], text)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return 0
