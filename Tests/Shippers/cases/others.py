"""Shippers that are not to be had here: that their configurations can be read, and say what they must. They were not run."""
import os
import re

from harness.outcome import Skipped, case, check, equal
from shipping.machine import CONTRIB, EVENTS
from shipping.streams import LIMITS

LONGEST = max(LIMITS.values())


def text(name):
    with open(os.path.join(CONTRIB, name), encoding="utf-8") as file:
        found = file.read()
    check("NOT RUN HERE" in found[:200], f"{name} does not say that it was not run")
    return found


def load(name):
    try:
        import yaml
    except ImportError as error:
        raise Skipped("python3-yaml is not installed") from error

    class Strict(yaml.SafeLoader):
        """A key that comes twice is an error."""

    def mapping(loader, node):
        keys = [loader.construct_object(key) for key, _ in node.value]
        check(len(set(keys)) == len(keys), f"{name}: a key twice among {keys}")
        return {loader.construct_object(key, True): loader.construct_object(value, True) for key, value in node.value}

    Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
    return yaml.load(text(name), Strict)  # noqa: S506 — a safe loader


@case("Fluent Bit's configuration is YAML, follows the file and takes the longest line")
def fluent_bit(t):
    tail, = load("fluent-bit/fluent-bit.yaml")["pipeline"]["inputs"]
    equal((tail["name"], tail["path"], tail["buffer_max_size"]), ("tail", EVENTS, "1M"), "its input")


@case("Vector's configuration is YAML, follows the file and takes the longest line; its parts are joined")
def vector(t):
    found = load("vector/vector.yaml")
    source, = found["sources"].values()
    check(EVENTS in source["include"] and source["max_line_bytes"] > LONGEST, f"its source: {source}")
    for part in [*found["transforms"].values(), *found["sinks"].values()]:
        for name in part["inputs"]:
            check(name in found["sources"] or name in found["transforms"], f"{name} is nowhere")


@case("Filebeat's configuration is YAML, follows the file and keeps our fields")
def filebeat(t):
    stream, = load("filebeat/filebeat.yml")["filebeat.inputs"]
    check(stream["paths"][0].startswith(EVENTS), f"its paths: {stream['paths']}")
    check(stream["parsers"][0]["ndjson"]["overwrite_keys"] is True, "our fields would be thrown away")


@case("the OpenTelemetry Collector's configuration is YAML, follows the file and keeps its place; its parts are joined")
def otelcol(t):
    found = load("otelcol/config.yaml")
    receiver = found["receivers"]["filelog"]
    check(EVENTS in receiver["include"] and receiver["start_at"] == "beginning", f"its receiver: {receiver}")
    check(receiver["storage"] in found["service"]["extensions"], "its storage is not among the extensions")
    for pipeline in found["service"]["pipelines"].values():
        for kind in ("receivers", "exporters"):
            check(set(pipeline[kind]) <= set(found[kind]), f"{kind} of a pipeline are nowhere")


@case("Alloy's configuration follows the file; its brackets match and its parts are joined")
def alloy(t):
    found = text("alloy/config.alloy")
    check(EVENTS in found, "it does not follow the file")
    strings = r'"(?:\\.|[^"\\\n])*"'
    code = re.sub(r"//.*", "", re.sub(strings, '""', found))
    stack = []
    for char in re.sub('""', "", code):
        check(char != '"', "a quote is open")
        if char in "([{":
            stack.append(char)
        elif char in ")]}":
            check(stack and "([{".index(stack.pop()) == ")]}".index(char), f"an unmatched {char}")
    check(not stack, f"open brackets: {stack}")
    parts = {f"{kind}.{name}" for kind, name in re.findall(r'^([a-z.]+) "(\w+)" \{', found, re.MULTILINE)}
    for name in re.findall(r"\[([a-z._]+)\.receiver\]", found):
        check(name in parts, f"{name} is nowhere")
