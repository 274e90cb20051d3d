"""One line of the daemon, and what is wrong with it whatever it says."""
import json
import re

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z")
ALWAYS = ("@timestamp ecs.version event.kind event.category event.type event.action event.outcome event.id event.sequence event.created "
          "event.module event.dataset event.provider host.id host.hostname host.boot.id host.os.kernel agent.type agent.version agent.id "
          "agent.ephemeral_id").split()
ARRAYS = "event.category event.type process.args process.parent.args wallwatch.ancestry wallwatch.change.operations".split()
MISSING = object()


class Line:
    def __init__(self, raw, arrived, index):
        self.raw, self.arrived, self.index = raw, arrived, index
        self.faults = []
        try:
            self.text = raw.decode("utf-8")
            self.object = json.loads(self.text, object_pairs_hook=self.pairs)
        except ValueError as error:
            self.text, self.object = repr(raw), {}
            self.faults.append(f"not JSON in UTF-8: {error}")
        if not isinstance(self.object, dict):
            self.faults.append("not an object")
            self.object = {}

    def pairs(self, pairs):
        if len({key for key, _ in pairs}) != len(pairs):
            self.faults.append("a key twice: " + ", ".join(key for key, _ in pairs))
        return dict(pairs)

    def get(self, path, default=None):
        """A field by its dotted path; a key that has dots itself is found too."""
        node = self.object
        parts = path.split(".")
        while parts:
            for length in range(len(parts), 0, -1):
                key = ".".join(parts[:length])
                if isinstance(node, dict) and key in node:
                    node, parts = node[key], parts[length:]
                    break
            else:
                return default
        return node

    def own(self, path, default=None):
        """What is wallwatch's own, in either format."""
        return self.get("wallwatch." + path, self.get("unmapped.wallwatch." + path, default))

    @property
    def action(self):
        return self.get("event.action") or self.get("metadata.event_code")

    @property
    def netns(self):
        return self.own("change.netns.id")

    @property
    def space(self):
        """The namespace, and not another that had its number."""
        return self.netns, self.get("wallwatch.change.netns.cookie")

    @property
    def sequence(self):
        return self.get("event.sequence", self.get("metadata.sequence"))

    def ops(self):
        return self.own("change.operations", [])

    def __str__(self):
        return self.text


def faults(line):
    """Everything wrong with the line by itself: form first, then the arithmetic of its counts."""
    found = list(line.faults)
    if len(line.raw) > 8000:
        found.append(f"{len(line.raw)} bytes long")
    if not line.object:
        return found
    if next(iter(line.object)) != "@timestamp":
        found.append("@timestamp is not the first key")
    if not TIMESTAMP.fullmatch(str(line.get("@timestamp"))):
        found.append(f"@timestamp is {line.get('@timestamp')!r}")
    found += [f"{path} is missing" for path in ALWAYS if line.get(path, MISSING) is MISSING]
    found += [f"{path} is no array" for path in ARRAYS if not isinstance(line.get(path, []), list)]
    # (Two backslashes are one of the text.)
    if re.search(r"(?<!\\)(?:\\\\)*\\u(0000|[dD][89abAB])", line.text):
        found.append("an escaped NUL or surrogate")
    found += walk(line.object, "")
    change = line.get("wallwatch.change", {})
    for name in ("rules", "elements", "effective_rules", "blocking_rules"):
        count = change.get(name)
        if count and count.get("before", 0) + count.get("delta", 0) != count.get("after", 0):
            found.append(f"{name} do not add up: {count}")
    return found


def walk(node, path):
    if node is None or node == {} or node == []:
        yield f"{path} is null or empty"
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from walk(value, f"{path}.{key}" if path else key)
        if re.search(r"(^|\.)(user|real_user|group|login)$", path):
            for key in ("id", "uid"):
                if not isinstance(node.get(key, ""), str):
                    yield f"{path}.{key} is no string"
    elif isinstance(node, list):
        for position, value in enumerate(node):
            yield from walk(value, f"{path}[{position}]")
    elif isinstance(node, int) and abs(node) > 2**53:
        yield f"{path} is above 2^53"
