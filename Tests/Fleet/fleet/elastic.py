"""The index template for Elasticsearch: ECS's types where ECS has the field, else what `wallwatch schema` says."""
import json
import os

from harness import facts

from .lines import RECORDINGS

# Texts that are read and searched for words, and not counted by value.
WORDS = {"rule", "rule_before", "text", "detail"}
TIMESTAMP = "^[0-9]{4}"


def schema():
    with open(os.path.join(RECORDINGS, "schema.json"), encoding="utf-8") as file:
        return json.load(file)


def ecs():
    """The type of each field, with [] behind it where ECS wants an array."""
    return {name: cells[0] + ("[]" if "list" in cells[1:] else "") for kind, name, *cells in facts.rows("ecs-9.4.0.tsv") if kind == "field"}


def leaves(node, prefix=""):
    """(path, node, whether it is a list) of every value that a line may have; lists of objects are gone into."""
    for name, child in node.get("properties", {}).items():
        path, many = prefix + name, False
        while child.get("type") == "array":
            child, many = child["items"], True
        if child.get("type") == "object":
            yield from leaves(child, path + ".")
        else:
            yield path, child, many


def fact(path, facts):
    """ECS's word on a field. The processes under `wallwatch.` have the fields of `process`."""
    if path in facts:
        return facts[path]
    parts = path.split(".")
    if parts[0] == "wallwatch":
        for at in range(1, len(parts)):
            if found := facts.get("process." + ".".join(parts[at:])):
                inner = parts[at - 1] in ("process", "initiator", "ancestry", "restored_by", "others", "killed_by")
                if inner and parts[1] != "process":
                    return found
    return None


def mapping(path, node, facts):
    found = fact(path, facts)
    kind = found.removesuffix("[]") if found else None
    last = path.rsplit(".", 1)[-1]
    if path == "wallwatch.record.data":
        return {"type": "keyword", "index": False, "doc_values": False}
    if kind is None:
        kind = {"integer": "long", "number": "double", "boolean": "boolean"}.get(node["type"])
        if node["type"] == "string":
            kind = "date" if node.get("pattern", "").startswith(TIMESTAMP) else "wildcard" if last == "command_line" else "match_only_text" if last in WORDS else "keyword"
    return {"type": kind, "ignore_above": 1024} if kind == "keyword" else {"type": kind}


def template():
    facts, properties, count = ecs(), {}, 0
    for path, node, _ in leaves(schema()):
        *folders, last = path.split(".")
        place = properties
        for folder in folders:
            place = place.setdefault(folder, {"properties": {}})["properties"]
        place[last] = mapping(path, node, facts)
        count += 1
    return {
        "index_patterns": ["logs-wallwatch*"],
        "priority": 200,
        "data_stream": {},
        "_meta": {"description": "Lines of wallwatch. Made by Tests/Fleet/generate out of `wallwatch schema` and the types of ECS 9.4.0."},
        "template": {
            # Room for what is to come; 1000 is the default.
            "settings": {"index": {"mapping": {"total_fields": {"limit": max(1000, count + 500)}}, "codec": "best_compression"}},
            # What the schema does not know is kept, and not indexed: a line never makes a mapping.
            "mappings": {"dynamic": False, "date_detection": False, "properties": properties},
        },
    }


def template_text():
    return json.dumps(template(), indent=1) + "\n"
