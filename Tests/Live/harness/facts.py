"""Lines held against what OCSF and ECS themselves say of names, types and values: Tests/Facts has it from their schemas."""
import os
import re

FOLDER = os.path.join(os.path.dirname(__file__), "..", "..", "Facts")
DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z")
IS = {
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "text": lambda value: isinstance(value, str),
    "flag": lambda value: isinstance(value, bool),
    "time": lambda value: isinstance(value, str) and DATETIME.fullmatch(value),
}
KINDS = {
    "integer_t": "integer", "long_t": "integer", "timestamp_t": "integer", "float_t": "number", "boolean_t": "flag",
    "string_t": "text", "datetime_t": "time",
    "keyword": "text", "wildcard": "text", "match_only_text": "text", "constant_keyword": "text", "ip": "text",
    "version": "text", "long": "integer", "float": "number", "date": "time", "boolean": "flag",
}


def rows(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                yield line.rstrip("\n").split("\t") + [""] * 8


class OCSF:
    def __init__(self):
        self.classes, self.any_of, self.members = {}, {}, {}
        for kind, name, *cells in rows("ocsf-1.8.0.tsv"):
            if kind == "class":
                self.classes[int(cells[0])] = (name, int(cells[1]))
            elif kind == "object":
                self.any_of[name] = cells[0].split()
            else:
                self.members.setdefault(name, {})[cells[0]] = cells[1:]

    def faults(self, line):
        """Yields what is wrong with a line."""
        name, category = self.classes.get(line.get("class_uid"), (None, None))
        if name is None:
            yield f"class_uid {line.get('class_uid')!r} is none of those in Tests/Facts"
            return
        if line.get("category_uid") != category:
            yield f"category_uid is {line.get('category_uid')!r}, {name} is of {category}"
        if line.get("type_uid") != line.get("class_uid") * 100 + line.get("activity_id", -1):
            yield f"type_uid {line.get('type_uid')!r} is not class_uid * 100 + activity_id"
        profiles = {profile.split("/")[-1] for profile in line.get("metadata", {}).get("profiles", [])}
        yield from self.object_faults(line, name, profiles, "")

    def object_faults(self, value, name, profiles, path):
        if name not in self.members:
            yield f"{path}: there are no facts about {name}"
            return
        if not isinstance(value, dict):
            yield f"{path}: no object"
            return
        known = self.members[name]
        choice = self.any_of.get(name)
        if choice and not any(key in value for key in choice):
            yield f"{path}: {name} has none of {choice}"
        for key, (_, _, requirement, profile, *_) in known.items():
            if requirement == "required" and key not in value and (not profile or profile in profiles):
                yield f"{path}.{key}: missing from {name}"
        for key, item in value.items():
            if key not in known:
                yield f"{path}.{key}: not in {name}"
                continue
            kind, is_list, _, profile, values, *_ = known[key]
            if profile and profile not in profiles:
                yield f"{path}.{key}: of the profile {profile}, which metadata.profiles does not name"
            if bool(is_list) != isinstance(item, list):
                yield f"{path}.{key}: {'no list' if is_list else 'a list'}"
                continue
            for one in item if is_list else [item]:
                yield from self.value_faults(one, kind, values.split(), profiles, f"{path}.{key}")

    def value_faults(self, value, kind, values, profiles, path):
        if kind.startswith("object:"):
            if kind == "object:object":
                if not isinstance(value, dict):
                    yield f"{path}: no object"
            else:
                yield from self.object_faults(value, kind[len("object:"):], profiles, path)
        elif kind != "json_t" and not IS[KINDS[kind]](value):
            yield f"{path}: {value!r} is no {kind}"
        elif values and str(value) not in values:
            yield f"{path}: {value!r} is none of {values}"


class ECS:
    def __init__(self):
        self.fields, self.pairs = {}, {}
        for kind, name, *cells in rows("ecs-9.4.0.tsv"):
            if kind == "field":
                self.fields[name] = cells
            else:
                self.pairs[name] = cells[0].split()

    def faults(self, line):
        """Yields what is wrong with a line; what is under wallwatch is no matter of ECS."""
        yield from self.tree(line, "")
        event = line.get("event", {})
        types = {kind for category in event.get("category", []) for kind in self.pairs.get(category, [])}
        for kind in event.get("type", []):
            if kind not in types:
                yield f"event.type {kind} goes with none of {event.get('category')}"

    def tree(self, node, path):
        for key, value in node.items():
            name = f"{path}.{key}" if path else key
            if name == "wallwatch":
                continue
            if isinstance(value, dict) and self.fields.get(name, ["object"])[0] in ("object", "nested"):
                yield from self.tree(value, name)
                continue
            if name not in self.fields:
                yield f"{name}: not in ECS"
                continue
            kind, is_list, values, *_ = self.fields[name]
            if bool(is_list) != isinstance(value, list):
                yield f"{name}: {'no list' if is_list else 'a list'}"
                continue
            for one in value if is_list else [value]:
                if not IS[KINDS[kind]](one):
                    yield f"{name}: {one!r} is no {kind}"
                elif values and one not in values.split():
                    yield f"{name}: {one!r} is none of {values}"
