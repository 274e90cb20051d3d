"""What came of a run: the confusion table per rule, the delays, and what rules on executed names would have found."""
import collections
import datetime
import hashlib
import json
import os
import platform
import subprocess

from . import execnames

RULES = [f"WW{number:03}" for number in range(1, 14)]


def done(results, kind=None):
    return [result for result in results if result["result"] != "skipped" and (kind is None or result["kind"] == kind)]


def percentile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(part * len(values)))] if values else None


def confusion(results):
    """Per rule: attacks that expect it, told of the right author, missed, told in attacks that expect another, in ordinary work."""
    for rule in RULES:
        expected = [result for result in done(results, "attacks") if result["rule"] == rule]
        hit = [result for result in expected if result["result"] == "passed"]
        beside = [result for result in done(results, "attacks") if result["rule"] != rule and rule in result["rules"]]
        false = [result for result in done(results, "benign") if rule in result["rules"]]
        if expected or beside or false:
            yield rule, len(expected), len(hit), len(expected) - len(hit), len(beside), len(false)


def rows(results):
    total, benign = list(confusion(results)), done(results, "benign")
    attacks = done(results, "attacks")
    hit = sum(result["result"] == "passed" for result in attacks)
    false = sum(bool(result["alerts"]) for result in benign)
    return total, (len(attacks), hit, len(benign), false)


def delays(results):
    settled = [result["delay"] for result in results if result.get("delay") is not None and result.get("settled")]
    at_once = [result["delay"] for result in results if result.get("delay") is not None and not result.get("settled")]
    lines = [value / 1e6 for result in results for value in result["latencies"] if value is not None]
    yield "kernel commit to `firewall-changed` line", lines
    yield "first change to alert, judged at once", at_once
    yield "first change to alert, judged when settled", settled


def seconds(value):
    return "–" if value is None else f"{value * 1000:.1f} ms" if value < 1 else f"{value:.2f} s"


def contrast(results):
    """Per published rule: attacks it finds, ordinary work it alarms at."""
    hits = {name: [0, 0] for name in [*execnames.RULES, execnames.SERVICE]}
    for result in done(results):
        for name in result["exec"]:
            hits[name][result["kind"] == "benign"] += 1
    return hits


def table(results):
    """For the terminal."""
    per_rule, (attacks, hit, benign, false) = rows(results)
    out = ["rule    expected  found  missed  beside  false"]
    out += [f"{rule:8}{expected:8}{found:7}{missed:8}{beside:8}{wrong:7}" for rule, expected, found, missed, beside, wrong in per_rule]
    out.append(f"attacks: {hit} of {attacks} found; ordinary work: {false} of {benign} with an alarm")
    for what, values in delays(results):
        out.append(f"{what.replace('`', '')}: p50 {seconds(percentile(values, 0.5))}, p99 {seconds(percentile(values, 0.99))} ({len(values)})")
    by_name = [sum(bool(result["exec"]) for result in done(results, kind)) for kind in ("attacks", "benign")]
    out.append(f"rules on executed names: {by_name[0]} of {attacks} attacks found; {by_name[1]} of {benign} alarmed")
    return "\n".join(out)


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def row_key(row):
    kind, _, rest = row.partition(" ")
    return (0, int(rest)) if kind == "evasion" else (1, row.lower())


def noise(told):
    """What came of a busy day."""
    steps = ", ".join(f"{count} steps of {name}" for name, count in told["steps"].items())
    return ["## A busy day", "", f"{told['noise']} minutes of a busy host (`Tests/Scenarios/lab/noise.py` says what it does), in {told['seconds']} s, by", "", "    sudo scripts/lab --noise", "",
            f"{steps}: {told['changes']} changes were told, {told['alerts']} alerts were raised." + (" Wrong: " + "; ".join(told["bad"])[:500] if told["bad"] else " Nothing was lost."), ""]


def elsewhere(told):
    """What came of a run in a virtual machine."""
    results = told["results"]
    bad = [result for result in results if result["result"] in ("failed", "missed")]
    attacks, benign = done(results, "attacks"), done(results, "benign")
    tiers = next((result["tier"] for result in results if result.get("tier")), {})
    lines = ["## In a virtual machine", "", f"Under Debian's {told['kernel']} in QEMU ({', '.join(f'{family} {tier}' for family, tier in tiers.items())}), by", "",
             f"    {told['command']}", "",
             f"{sum(result['result'] == 'passed' for result in attacks)} of {len(attacks)} attacks were found, {sum(bool(result['alerts']) for result in benign)} of {len(benign)} benign scenarios raised an alarm:", "",
             ", ".join(sorted(result["name"] for result in attacks + benign if result["result"] == "passed")) + ".", ""]
    if bad:
        lines += ["| not found | why |", "|---|---|"] + [f"| {result['name']} | {cell(result.get('known') or result['why'][:300])} |" for result in bad] + [""]
    return lines


def machine(results, options):
    """Where it ran, in a sentence or two."""
    version = subprocess.run([options.binary, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    with open(options.binary, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:12]
    tiers = next((result["tier"] for result in results if result.get("tier")), {})
    told = ", ".join(f"{family} {tier}" for family, tier in tiers.items())
    return f"Linux {platform.release()}, {os.cpu_count()} processors (load {os.getloadavg()[1]:.1f}, shared with other work), {datetime.date.today()}; wallwatch {version} (sha256 {digest}…), hooks: {told}."


def write(path, results, options, took):
    per_rule, (attacks, hit, benign, false) = rows(results)
    where = machine(results, options)
    lines = ["# The lab", "", "Attacks that must raise the right alert and name the right author, and ordinary work that must raise none:",
             "`Tests/Scenarios`, each a small script with its expectation beside it. This page is written by", "",
             f"    sudo scripts/lab --report{' --also FILE' * len(options.also)}", "",
             f"{where} `[detection] quiet` is {options.quiet:g} s, everything else the default, but that in the container with systemd",
             "`other_namespaces` is 100: the daemon runs beside it. Each scenario has a daemon, a namespace and a mount namespace of its own;",
             f"each recording is replayed and has to give the same alerts. The run took {took:.0f} s.", "",
             f"**{hit} of {attacks} attacks were found with the right rule and the right author; {false} of {benign} benign scenarios raised an alarm.**", "",
             "## Per rule", "", "Found: in an attack that expects this rule, by the author that did it. Beside: it was told in an attack that expects another rule.", "",
             "| rule | expected | found | missed | beside | false alarms |", "|---|---|---|---|---|---|"]
    lines += [f"| {' | '.join(map(str, row))} |" for row in per_rule]
    lines += ["", "## Delay", "", "From the kernel's time of the request to the line's `event.created`.", "", "| | p50 | p99 | number |", "|---|---|---|---|"]
    lines += [f"| {what} | {seconds(percentile(values, 0.5))} | {seconds(percentile(values, 0.99))} | {len(values)} |" for what, values in delays(results)]
    lines += ["", "A burst is judged when it has settled, and so not before `quiet`; of somebody suspicious at once.", "",
              "## Rules on executed names, over the same recordings", "",
              "What SigmaHQ/sigma (at `8eaafff1`) and elastic/detection-rules (at `14cf530f`) publish for Linux firewalls, restated in",
              "`Tests/Scenarios/lab/execnames.py` and tried on every `exec` of the scenario's namespaces. Sigma's rule for auditd's SERVICE_STOP is given",
              "wallwatch's own line of the service.", "", "| rule | attacks found | benign alarmed |", "|---|---|---|"]
    hits = contrast(results)
    lines += [f"| `{name}` | {found} | {alarmed} |" for name, (found, alarmed) in hits.items()]
    by_name = [sum(bool(result["exec"]) for result in done(results, kind)) for kind in ("attacks", "benign")]
    lines += [f"| any of them | {by_name[0]} of {attacks} | {by_name[1]} of {benign} |", f"| wallwatch | {hit} of {attacks} | {false} of {benign} |", ""]
    for title, kind in (("Attacks that are not found", "attacks"), ("False alarms", "benign")):
        lines += [f"## {title}", ""]
        bad = [result for result in results if result["kind"] == kind and result["result"] in ("failed", "missed")]
        lines += ["None.", ""] if not bad else ["| scenario | what | why |", "|---|---|---|"]
        lines += [f"| {result['name']} | {cell(result['what'])} | {cell(result.get('known') or 'not known yet: ' + result['why'][:200])} |" for result in bad] + ([""] if bad else [])
    skipped = [result for result in results if result["result"] == "skipped"]
    if skipped:
        lines += ["## Not run here", "", "| scenario | why |", "|---|---|"] + [f"| {result['kind']}/{result['name']} | {cell(result['why'])} |" for result in skipped] + [""]
    for other in options.also:
        with open(other, encoding="utf-8") as file:
            told = json.load(file)
        lines += noise(told) if "noise" in told else elsewhere(told)
    lines += ["## Rows", "", "The rows are those of the evasion table and of the automation table that the scenarios were written from.", "", "| row | scenarios | passed |", "|---|---|---|"]
    by_row = collections.defaultdict(list)
    for result in results:
        for row in result["rows"]:
            by_row[row].append(result)
    for row in sorted(by_row, key=row_key):
        lines.append(f"| {row} | {len(by_row[row])} | {sum(result['result'] == 'passed' for result in by_row[row])} |")
    for kind in ("attacks", "benign"):
        lines += ["", f"## All {kind if kind == 'attacks' else 'benign scenarios'}", "", "| scenario | what | expected | came | exec names |", "|---|---|---|---|---|"]
        for result in results:
            if result["kind"] == kind:
                expect = f"{result['rule']} by {result['author']}" if result["rule"] else "no alert"
                came = "skipped" if result["result"] == "skipped" else ", ".join(result["rules"]) or "nothing"
                lines.append(f"| {result['name']} | {cell(result['what'])} | {cell(expect)} | {'' if result['result'] not in ('failed', 'missed') else '**missed:** ' if result['rule'] else '**false alarm:** '}{came} | {'yes' if result['exec'] else 'no' if result['result'] != 'skipped' else ''} |")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
