"""What a report has to say, computed from the lines without a look at wallwatch's own code."""
import json


def get(event, path):
    for key in path.split("."):
        event = event.get(key) if isinstance(event, dict) else None
    return event


def figure(event, name, side):
    return get(event, f"wallwatch.change.{name}.{side}") or 0


class Expected:
    def __init__(self, path):
        self.events, self.bad, ids = [], 0, set()
        with open(path, "rb") as file:
            for raw in file:
                try:
                    event = json.loads(raw)
                except ValueError:
                    self.bad += 1
                    continue
                if get(event, "event.module") == "wallwatch" and get(event, "event.id") not in ids:
                    ids.add(get(event, "event.id"))
                    self.events.append(event)
        action = lambda *names: [event for event in self.events if get(event, "event.action") in names]  # noqa: E731
        self.changed = action("firewall-changed", "model-drift") + [event for event in action("firewall-module-unloaded") if get(event, "wallwatch.change.rules")]
        self.failed = action("firewall-change-failed")
        self.alerts = action("firewall-alert")
        self.states = action("firewall-state")
        self.incidents = {}
        for event in sorted(self.alerts, key=lambda event: event["@timestamp"]):
            self.incidents.setdefault(get(event, "wallwatch.alert.id"), []).append(event)
        self.open = sum(get(lines[-1], "wallwatch.alert.state") != "resolved" for lines in self.incidents.values())
        self.weakening = sum(map(weakens, self.changed))
        numbers = sorted({get(event, "event.sequence") for event in self.events})
        self.gaps = [(low + 1, high - 1) for low, high in zip(numbers, numbers[1:]) if high - low > 1]
        self.missing = sum(high - low + 1 for low, high in self.gaps)

    def course(self):
        """The effective rules of the collector's own namespace: at first, the least, at the end."""
        points = []
        for event in self.changed:
            if get(event, "wallwatch.change.netns.is_host"):
                points += [(event["@timestamp"], 1, figure(event, "effective_rules", "before")), (event["@timestamp"], 2, figure(event, "effective_rules", "after"))]
        points += [(event["@timestamp"], 0, get(event, "wallwatch.state.effective_rules") or 0) for event in self.states if get(event, "wallwatch.state.netns.is_host")]
        values = [value for _, _, value in sorted(points, key=lambda point: point[:2])]
        return values[0], min(values), values[-1]

    def actors(self):
        """By program and user: changes, those that weakened, failed attempts, net effect."""
        found = {}
        for event in self.changed + self.failed:
            entry = found.setdefault((get(event, "process.executable"), get(event, "process.user.name") or get(event, "process.user.id")), [0, 0, 0, 0])
            if event in self.failed:
                entry[2] += 1
                continue
            entry[0] += 1
            entry[1] += weakens(event)
            entry[3] += figure(event, "effective_rules", "after") - figure(event, "effective_rules", "before")
        return found


def weakens(event):
    less = any(figure(event, name, "after") < figure(event, name, "before") for name in ("effective_rules", "blocking_rules"))
    opened = any(get(operation, "policy.before") == "drop" and get(operation, "policy.after") == "accept" for operation in get(event, "wallwatch.change.operations") or [])
    return less or opened
