"""A host of the made fleet: recorded lines, told as if they were this host's, at other times.

What is changed of a recorded line, and nothing else:
 * each RFC 3339 time in it, by the same amount: so that the recording begins at the moment that is asked for;
 * host.id, host.hostname, host.boot.id, agent.id, agent.ephemeral_id, and process entity ids: the host's own;
 * event.sequence (and event.id, and what refers to one): as one daemon would have counted on;
 * wallwatch.alert.id: another for each time the recording is told;
 * what a caller asks for by path (`edits`), which the plan of the fleet says.
"""
from datetime import datetime, timedelta, timezone
import hashlib
import json
import re

from .lines import action, get, put, spelled

TIME = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z"')
NANOSECOND = 10**9


def nanoseconds(text):
    whole, _, rest = text.rstrip("Z").partition(".")
    seconds = int(datetime.fromisoformat(whole).replace(tzinfo=timezone.utc).timestamp())
    return seconds * NANOSECOND + int(rest.ljust(9, "0") or 0)


def told(value):
    moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=value // NANOSECOND)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{value % NANOSECOND:09d}Z"


def shifted(text, by):
    def one(match):
        return '"' + told(nanoseconds(match[1] + "." + (match[2] or "0")) + by) + '"'
    return TIME.sub(one, text)


def digest(*words, length=32):
    return hashlib.sha256("/".join(words).encode()).hexdigest()[:length]


class Host:
    def __init__(self, name):
        self.name, self.id = name, digest("host", name)
        self.agent, self.boot = digest("agent", name)[:12], digest("boot", name)
        self.entries = []  # (time, order, line, the run it came of in the recording)
        self.plays, self.runs = 0, []
        self.resets = []  # moments from which on there is another agent.id, and the counting begins anew

    def play(self, recording, at, edits=(), where=lambda line: True):
        """Tells a recording from `at` on, without the start and the stop of its daemon."""
        body = [line for line in recording if action(line) not in ("collector-started", "collector-stopped")
                and not (action(line) == "firewall-state" and get(line, "wallwatch.state.occasion") == "start") and where(line)]
        return self.tell(body, at, edits)

    def tell(self, body, at, edits=()):
        if not body:
            raise ValueError(f"nothing to tell of {self.name}")
        self.plays += 1
        by = at - nanoseconds(body[0]["@timestamp"])
        made = []
        for order, line in enumerate(body):
            text = shifted(spelled(line), by)
            run = line["agent"]["ephemeral_id"]
            for identity in {found for found in re.findall(r'"entity_id":"([^"]+)"', text)}:
                text = text.replace(f'"{identity}"', f'"{digest(self.name, str(self.plays), identity, length=len(identity))}"')
            line = json.loads(text)
            if alert := get(line, "wallwatch.alert.id"):
                put(line, "wallwatch.alert.id", digest(self.name, str(self.plays), alert, length=16))
            for path, value in edits:
                if path.split(".")[0] in line:
                    put(line, path, value)
            self.entries.append((nanoseconds(line["@timestamp"]), len(self.entries), line, (self.plays, run)))
            made.append(line)
        return made

    def lines(self):
        """All of them in the order of their times, with this host's identity and numbers."""
        ordered = sorted(self.entries, key=lambda entry: (entry[0], entry[1]))
        sequence, run, agent, resets, numbers = 0, 1, self.agent, list(self.resets), {}
        made = []
        for moment, _, line, origin in ordered:
            if resets and moment >= resets[0]:
                resets.pop(0)
                sequence, run, agent = 0, run + 1, digest(self.agent, str(moment))[:12]
            if action(line) == "collector-started":
                run += 1
            sequence += 1
            name = f"{digest(self.name, str(run))[:12]}"
            numbers[origin, line["event"]["id"]] = f"{name}-{sequence}"
            line["event"]["sequence"] = sequence
            line["host"].update(id=self.id, hostname=self.name, boot={"id": self.boot})
            line["agent"].update(id=agent, ephemeral_id=name)
            made.append((line, origin))
        for line, origin in made:
            line["event"]["id"] = numbers[origin, line["event"]["id"]]
            if change := get(line, "wallwatch.change.id"):
                put(line, "wallwatch.change.id", numbers.get((origin, change), change))
            if changes := get(line, "wallwatch.alert.changes"):
                put(line, "wallwatch.alert.changes", [numbers.get((origin, change), change) for change in changes])
        return [line for line, _ in made]
