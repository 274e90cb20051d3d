"""Every line of the whole session, whatever it was for: these run last."""
import json
import signal

from harness.facts import ECS
from harness.line import faults
from harness.outcome import Failed, case, check, equal
from harness.schema import errors


def told(complaints, what):
    """Fails with the first complaints, each beside its line."""
    if complaints:
        raise Failed(f"{len(complaints)} {what}; " + "; ".join(text for text, _ in complaints[:5]), [line for _, line in complaints[:3]])


@case("collector-started names the tier of each hook family")
def started(t):
    lines = [line for line in t.daemon.lines if line.action == "collector-started"]
    equal(len(lines), 1, "collector-started lines", lines)
    tiers = ("full", "kprobe", "restricted") if t.tier == "auto" else (t.tier,)
    check(any(f'"{tier}"' in lines[0].text for tier in tiers), f"no tier of {tiers} is named", lines)


def sample(t):
    """In the emulated machine, where Python is slow, some hundred from all over the session."""
    return t.daemon.lines[:: max(1, len(t.daemon.lines) // 500)] if t.in_vm else t.daemon.lines


@case("every line is one well-formed object whose counts add up")
def form(t):
    check(t.daemon.lines, "there was no line at all")
    told([(f"line {line.index}: {text}", line) for line in sample(t) for text in faults(line)], "faults")


@case("every line follows `wallwatch schema`")
def schema(t):
    schema = json.loads(t.run([t.binary, "schema"]).out)
    told([(f"line {line.index}: {text}", line) for line in sample(t) for text in errors(line.object, schema, schema)], "departures from the schema")


@case("every line is as ECS 9.4 itself has it: names, types, values")
def published(t):
    ecs = ECS()
    told([(f"line {line.index}: {text}", line) for line in sample(t) for text in ecs.faults(line.object)], "departures from ECS")


@case("event.sequence rises by one per line, and no event.id comes twice")
def sequence(t):
    numbers = [line.sequence for line in t.daemon.lines]
    gaps = [(f"{left.sequence} is followed by {right.sequence}", right) for left, right in zip(t.daemon.lines, t.daemon.lines[1:]) if right.sequence != left.sequence + 1]
    told(gaps, f"gaps among {len(numbers)} lines")
    equal(len({line.get("event.id") for line in t.daemon.lines}), len(numbers), "distinct event.id")


@case("each change begins where the one before it in that namespace ended")
def chained(t):
    complaints, last = [], {}
    # Of those that cases/namespaces.py filled and ended again and again not all can be known in order: docs/limits.md.
    crowd = {line.space for line in t.daemon.lines if line.get("wallwatch.change.netns.user_owned")
             and any("unshare" in str(one) for one in line.get("wallwatch.ancestry", []))}
    for line in t.daemon.since(0, None, "firewall-changed", "firewall-module-unloaded", "model-drift"):
        if line.space in crowd:
            continue
        for name in ("rules", "elements"):
            count = line.get(f"wallwatch.change.{name}")
            if not count:
                continue
            key = (line.space, name)
            if key in last and last[key][0] != count["before"]:
                complaints.append((f"netns {line.netns} {name}: {last[key][0]} was followed by {count['before']}", line))
            last[key] = (count["after"], line)
    told(complaints, "breaks")


@case("no change of the session went without its sender, its record, or its place in the model")
def clean(t):
    strays = [(f"line {line.index}: unattributed", line) for line in t.daemon.since(0, None, "firewall-changed") if line.get("wallwatch.change.attributed") is not True and line.ops() and line.ops()[0].get("op") not in ("netns-gone", "owner-died")]
    # Refused attempts beyond a few are counted and not told: no change is lost with them. Nor is one of the host's with what fills
    # half the ring from somebody's own namespaces and processes (cases/namespaces.py), of whose requests 16 KiB are kept.
    theirs = {"refused_attempts", "user_namespaces", "lineage"}
    lost = [line for line in t.daemon.since(0, None, "collector-events-lost") if not set(line.get("wallwatch.collector.lost", {})) <= theirs]
    # A chain goes with its device without a request (cases/effective.py): the one drift that is the truth.
    drift = [line for line in t.daemon.since(0, None, "model-drift") if not line.get("event.reason", "").startswith("a device is gone")]
    strays += [(f"line {line.index}: {line.action}", line) for line in [*drift, *lost]]
    strays = [stray for stray in strays if not stray[1].get("wallwatch.change.netns.user_owned")]
    # What an emulated machine did to a test that was done again and passed was shown then.
    strays = [stray for stray in strays if not any(first <= stray[1].index < last for first, last in t.daemon.failed_once)]
    told(strays, "strays")


@case("the daemon told nobody of an error on stderr that looks like a crash")
def stderr(t):
    text = t.daemon.said()
    for sign in ("Fatal error", "Stack dump", "Program crashed"):
        check(sign not in text, f"stderr: {text[-2000:]}")
    check(t.daemon.process.poll() is None, f"it had ended, status {t.daemon.process.poll()}: {text[-2000:]}")


@case("SIGTERM: collector-stopped is the last line, and the status is 0")
def stopped(t):
    mark = t.daemon.mark()
    t.daemon.signal(signal.SIGTERM)
    t.daemon.wait(lambda line: line.action == "collector-stopped", mark, 5 * t.patience, "collector-stopped")
    equal(t.daemon.process.wait(10 * t.patience), 0, "the exit status")
    equal(t.daemon.lines[-1].action, "collector-stopped", "the last line", t.daemon.lines[-2:])
    equal(t.daemon.lines[-1].sequence, t.daemon.lines[0].sequence + len(t.daemon.lines) - 1, "its sequence", t.daemon.lines[-1:])
