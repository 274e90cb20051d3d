"""Elasticsearch: the index template holds each field of each line; EQL sequences find what was planted; ES|QL asks only for what exists."""
import os
import re

from harness.outcome import case, check, equal

from fleet import elastic, engines, lines, store

KINDS = {
    "keyword": lambda value: isinstance(value, str), "wildcard": lambda value: isinstance(value, str), "match_only_text": lambda value: isinstance(value, str),
    "long": lambda value: isinstance(value, int) and not isinstance(value, bool), "float": lambda value: isinstance(value, (int, float)), "double": lambda value: isinstance(value, (int, float)),
    "boolean": lambda value: isinstance(value, bool), "date": lambda value: bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", str(value))),
    "ip": lambda value: bool(re.fullmatch(r"[0-9.]+|[0-9a-fA-F:.]+", str(value))),
}


def types(properties, prefix=""):
    for name, node in properties.items():
        if "properties" in node:
            yield from types(node["properties"], prefix + name + ".")
        else:
            yield prefix + name, node["type"]


def mapped():
    return dict(types(elastic.template()["template"]["mappings"]["properties"]))


@case("each field of each recorded line is in the index template, and fits its type")
def fits():
    known, seen = mapped(), set()
    for line in store.real_lines():
        for path, value in lines.flat(line):
            check(path in known, f"{path} is not in the template")
            for item in value if isinstance(value, list) else [value]:
                check(KINDS[known[path]](item), f"{path} is {item!r}, not of type {known[path]}")
            seen.add(path)
    check(len(seen) > 200, f"only {len(seen)} fields were seen")
    check(len(known) < elastic.template()["template"]["settings"]["index"]["mapping"]["total_fields"]["limit"], "more fields than the limit")


@case("types are those of ECS, and what ECS wants as an array is one")
def ecs():
    facts, known = elastic.ecs(), mapped()
    own = [path for path in known if not path.startswith("wallwatch.")]
    equal([path for path in own if path not in facts], [], "fields beside wallwatch. that ECS does not have")
    equal([path for path in own if known[path] != facts[path].removesuffix("[]")], [], "other types than ECS's")
    for line in store.real_lines():
        for path, value in lines.flat(line):
            if facts.get(path, "").endswith("[]"):
                check(isinstance(value, list), f"{path} is no array")


def queries(name, mark="---"):
    with open(os.path.join(lines.CONTRIB, "elastic", name), encoding="utf-8") as file:
        for part in re.split(rf"^{mark}$", file.read(), flags=re.MULTILINE):
            comments = re.findall(r"^// ([a-z-]+):", part, re.MULTILINE)
            yield comments[0], re.sub(r"^//.*$", "", part, flags=re.MULTILINE).strip()


@case("the EQL sequences find what was planted in the fleet, and nothing else", seconds=60)
def sequences():
    fleet, found = store.fleet(), dict(queries("queries.eql"))
    equal(set(found), set(fleet.facts["sequences"]), "queries")
    for name, query in found.items():
        hits = engines.eql_hits(query, fleet.lines)
        names = {line["host"]["id"]: line["host"]["hostname"] for line in fleet.lines}
        equal(sorted({names[hit[0][0]] for hit in hits}), sorted(fleet.facts["sequences"][name]), name)


@case("ES|QL queries ask only for fields that a line can have")
def esql():
    known, count = mapped(), 0
    for name, query in queries("queries.esql"):
        made = {"incidents", "worst", "last", "low", "high", "hosts", "names", "window"}
        for field in re.findall(r"(?<![\w.\"'-])(@timestamp|[a-z_]+(?:\.[a-z_]+)+)", re.sub(r'"[^"]*"', '""', query)):
            check(field in known or field in made, f"{name} asks for {field}")
            count += 1
    check(count > 15, f"only {count} fields were looked at")
