"""Recorded lines: real ones, and what of a recording is of the scenario."""
import json
import os

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.realpath(os.path.join(HERE, "..", "..", ".."))
CONTRIB = os.path.join(ROOT, "contrib")
RECORDINGS = os.path.join(HERE, "..", "recordings")


def get(line, path, default=None):
    """A field by its dotted path. Of a list of objects, what each has there."""
    node = line
    for part in path.split("."):
        if isinstance(node, list):
            node = [item[part] for item in node if isinstance(item, dict) and part in item]
            if not node:
                return default
        elif isinstance(node, dict) and part in node:
            node = node[part]
        else:
            return default
    return node


def action(line):
    return line["event"]["action"]


def spelled(line):
    """As the daemon writes it: no blanks, keys in their order."""
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(text) for text in file]


def recordings():
    """All recordings by their name."""
    return {name[:-6]: read(os.path.join(RECORDINGS, name)) for name in sorted(os.listdir(RECORDINGS)) if name.endswith(".jsonl")}


def flat(line, prefix=""):
    """Leaves by dotted path; lists of objects are gone into, lists of values stay."""
    for key, value in line.items():
        path = prefix + key
        if isinstance(value, dict):
            yield from flat(value, path + ".")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for item in value:
                yield from flat(item, path + ".")
        else:
            yield path, value


def put(line, path, value):
    """Sets a field by its dotted path; None takes it away."""
    *folders, last = path.split(".")
    for folder in folders:
        line = line.setdefault(folder, {})
    if value is None:
        line.pop(last, None)
    else:
        line[last] = value
