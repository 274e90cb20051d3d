"""What must hold when all is over. Each function returns what is wrong with it, as sentences."""
import datetime
import os
import re

from harness.line import faults

SENTINEL = re.compile(r"sentinel-\d+")
# What may go untold where that is said: processes that come and go, refused attempts, what is done in a namespace of somebody's
# own, and lines that find no room in memory while the disk is full.
MAY_BE_LOST = {"refused_attempts", "process_lines", "firewall_lines", "user_namespaces", "lineage"}


def told(lines):
    """Which sentinels were told, by the lines of changes: the mark stands in the arguments of who made it."""
    found = {}
    for line in lines:
        if line.action == "firewall-changed" and (match := SENTINEL.search(line.get("process.command_line", ""))):
            found.setdefault(match[0], []).append(line)
    return found


def sentinels(lines, done, kills):
    found = told(lines)
    untold = [mark for mark in done if mark not in found]
    # A disk that is full while the reader stands still leaves nothing but the queue in memory: then lines are lost, and said to be.
    wrong = [f"{mark} was never told" for mark in untold] if len(untold) > lost(lines).get("firewall_lines", 0) else []
    twice = {mark: found[mark] for mark in found if len(found[mark]) > 1}
    # A line that was written and not yet noted when the daemon was killed is written again (docs/limits.md).
    if len(twice) > kills:
        wrong.append(f"{len(twice)} were told more than once, with {kills} kills: {sorted(twice)[:5]}")
    # Where the record of its exec found no room, and that is said, its file is not known; who it was is.
    known = {"/usr/sbin/nft"} | ({None} if lost(lines).get("lineage") else set())
    for mark, (line, *_) in found.items():
        if line.get("process.executable") not in known or line.get("process.name") != "nft":
            wrong.append(f"{mark} is attributed to {line.get('process.name')} {line.get('process.executable')}")
    return wrong


def delays(lines, done, windows):
    """How long after it was done the line of each was made, in seconds, of those that no trouble was near. (When it was read says
    how busy the reader is: a Python that shares two processors with all the loads.)"""
    found = told(lines)
    # After a start all that was done meanwhile is told first.
    after = {"kill": 25, "restart": 25, "stall": 10, "suspend": 10}
    clear = [mark for mark, when in done.items()
             if mark in found and not any(first - 1 <= when <= last + after.get(name, 3) for first, last, name in windows)]
    return sorted(max(0.0, created(found[mark][0]) - done[mark]) for mark in clear)


def created(line):
    """`event.created`, in seconds since 1970."""
    return datetime.datetime.fromisoformat(line.get("event.created")[:26] + "+00:00").timestamp()


def torn(lines):
    """Lines that a kill cut off: whoever is killed in the middle of a write leaves a part; what it said is written again."""
    return [line for line in lines if line.sequence is None and line.raw.startswith(b'{"@timestamp":') and not line.raw.endswith(b"}")]


def whole(lines, kills):
    """The lines without those that a kill cut off, of which there is one a kill at most."""
    cut = torn(lines)
    return [line for line in lines if line not in cut] if len(cut) <= kills else lines


def form(lines):
    return [f"line {line.index}: {text}" for line in lines[:: max(1, len(lines) // 3000)] for text in faults(line)]


def sequence(lines, kills):
    """No number is missing but of lines that are said to be lost. What a killed daemon had not noted is numbered again."""
    if any(line.sequence is None for line in lines):
        return ["a line has no event.sequence"]
    gaps = [(left, right) for left, right in zip(lines, lines[1:]) if right.sequence != left.sequence + 1]
    # What a killed daemon held in memory is told again, under other numbers, or was of processes only.
    missing = sum(right.sequence - left.sequence - 1 for left, right in gaps
                  if right.sequence > left.sequence and (not kills or right.get("agent.ephemeral_id") == left.get("agent.ephemeral_id")))
    again = sum(1 for left, right in gaps if right.sequence <= left.sequence)
    said = sum(count for kind, count in lost(lines).items() if kind.endswith("_lines"))
    return ([f"{missing} numbers are missing, {said} lines are said to be lost"] if missing != said else []) + (
        [f"{again} sequences go back, with {kills} kills"] if again > kills else [])


def lost(lines):
    """How much is said to be lost, by kind."""
    found = {}
    for line in lines:
        if line.action == "collector-events-lost":
            for kind, count in line.get("wallwatch.collector.lost", {}).items():
                found[kind] = found.get(kind, 0) + (count if isinstance(count, int) else 1)
    return found


def losses(lines):
    return [f"lost: {kind} {count}" for kind, count in lost(lines).items() if kind not in MAY_BE_LOST]


# What is no error of the model, and told as what it is: docs/limits.md.
KNOWN_DRIFT = ("a device is gone", "what several processes did at once came out otherwise")


def drift(lines):
    return [f"model-drift: {line.get('event.reason')} {line.get('wallwatch.change.backend')} {line.get('wallwatch.change.operations')}" for line in lines
            if line.action == "model-drift" and not line.get("event.reason", "").startswith(KNOWN_DRIFT)]


def state(line, rules, elements):
    """The daemon's own figures for its host against what the tools count."""
    found = (line.get("wallwatch.state.rules"), line.get("wallwatch.state.elements", 0))
    return [] if found == (rules, elements) else [f"the daemon counts {found} rules and elements on its host, the tools {(rules, elements)}"]


def memory(pid):
    """Its own memory in KiB, and how many descriptors it holds."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        found = re.search(r"RssAnon:\s+(\d+) kB", file.read())
    return int(found[1]), len(os.listdir(f"/proc/{pid}/fd"))


def growth(before, after):
    wrong = []
    if after[0] > before[0] * 1.25 + 8192:
        wrong.append(f"its memory grew from {before[0]} to {after[0]} KiB")
    if after[1] > before[1] + 4:
        wrong.append(f"its descriptors grew from {before[1]} to {after[1]}")
    return wrong
