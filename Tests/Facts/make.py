#!/usr/bin/python3
"""Distils what the tests ask of the published schemas into ecs-9.4.0.tsv and ocsf-1.8.0.tsv beside this file.

    git clone https://github.com/ocsf/ocsf-schema && git -C ocsf-schema checkout 3dcb905d26523ce4d5d0ba3c28c8507e2c859407
    git clone https://github.com/elastic/ecs && git -C ecs checkout v9.4.0
    python3 -m venv venv && venv/bin/pip install ocsf-lib==0.10.4 PyYAML==6.0.2
    venv/bin/python Tests/Facts/make.py --ocsf ocsf-schema --ecs ecs

Both schemas are under the Apache License 2.0. What is taken are names, types and values: no description, no code. It is
needed again only for another version of a schema.
"""
import argparse
import json
import os
import subprocess
import sys

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
# The classes that wallwatch writes, and the objects in them: what is told of other objects is not checked, it is refused.
CLASSES = ("base_event file_activity kernel_extension_activity process_activity detection_finding config_state "
           "device_config_state_change application_lifecycle application_error").split()
OBJECTS = ("metadata product device os agent actor process process_entity user group session container file fingerprint kernel_driver "
           "finding_info analytic attack tactic technique related_event evidences security_state").split()
FIELD_SETS = "@timestamp ecs event host agent process file rule threat container".split()
LEFT_OUT = ("threat.enrichments threat.indicator threat.group threat.software .code_signature .elf. .macho. .pe. .x509. .risk. .geo. .io. "
            ".macro .cpu. .network. .disk.").split()


def ocsf(folder):
    """class NAME uid category; object NAME at-least-one; member OWNER NAME type list requirement profile values"""
    compiled = json.loads(subprocess.run([sys.executable, "-m", "ocsf.compile", folder], check=True, capture_output=True).stdout)
    assert compiled["version"] == "1.8.0", compiled["version"]
    yield f"# OCSF {compiled['version']}, {head(folder)} of ocsf/ocsf-schema, Apache-2.0; made by make.py"
    for name in CLASSES:
        item = compiled["classes"][name]
        yield row("class", name, item["uid"] or 0, *item["attributes"]["category_uid"]["enum"])
        yield from members(name, item, compiled)
    for name in OBJECTS:
        item = compiled["objects"][name]
        yield row("object", name, " ".join((item.get("constraints") or {}).get("at_least_one", [])))
        yield from members(name, item, compiled)


def members(owner, item, compiled):
    for name, member in sorted(item["attributes"].items()):
        if member.get("@deprecated"):
            continue
        kind = member["type"]
        # ocsf.compile gives an object as object_t with its type beside it, or, of the base class, as the type.
        named = member.get("object_type") or (kind if kind in compiled["objects"] else None)
        if named or kind == "object_t":
            kind = "object:" + (named or "object")
        elif kind not in ("datetime_t", "json_t"):
            kind = compiled["types"][kind].get("type") or kind
        yield row("member", owner, name, kind, "list" if member.get("is_array") else "", member.get("requirement") or "", member.get("profile") or "", " ".join(member.get("enum") or {}))


def ecs(folder):
    """field NAME type list values; pairs CATEGORY types"""
    with open(os.path.join(folder, "generated/ecs/ecs_flat.yml"), encoding="utf-8") as file:
        fields = yaml.safe_load(file)
    with open(os.path.join(folder, "version"), encoding="utf-8") as file:
        version = file.read().strip()
    assert version == "9.4.0", version
    yield f"# ECS {version}, {head(folder)} of elastic/ecs, Apache-2.0; made by make.py"
    for name, field in sorted(fields.items()):
        if name.split(".")[0] not in FIELD_SETS or any(part in name + "." if part.startswith(".") else name.startswith(part) for part in LEFT_OUT):
            continue
        values = [value["name"] for value in field.get("allowed_values", [])]
        yield row("field", name, field["type"], "list" if "array" in field["normalize"] else "", " ".join(values))
    for value in fields["event.category"]["allowed_values"]:
        yield row("pairs", value["name"], " ".join(value.get("expected_event_types", [])))


def row(*cells):
    return "\t".join(map(str, cells)).rstrip("\t")


def head(folder):
    return subprocess.run(["git", "-C", folder, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ocsf", required=True)
    parser.add_argument("--ecs", required=True)
    options = parser.parse_args()
    for name, lines in (("ocsf-1.8.0.tsv", ocsf(options.ocsf)), ("ecs-9.4.0.tsv", ecs(options.ecs))):
        with open(os.path.join(HERE, name), "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)


if __name__ == "__main__":
    main()
