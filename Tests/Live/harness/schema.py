"""As much of JSON Schema as a schema of flat events needs: enough to hold each line against `wallwatch schema`."""
import re

TYPES = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "null": lambda value: value is None,
}


def errors(value, schema, root, path="$"):
    """Yields each way in which `value` does not follow `schema`."""
    if schema is True or schema == {}:
        return
    if schema is False:
        yield f"{path} is not allowed"
        return
    if "$ref" in schema:
        yield from errors(value, resolve(root, schema["$ref"]), root, path)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(TYPES[kind](value) for kind in kinds):
        yield f"{path} is {value!r}, not of type {'/'.join(kinds)}"
        return
    if "const" in schema and value != schema["const"]:
        yield f"{path} is {value!r}, not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path} is {value!r}, not one of {schema['enum']}"
    if isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{path} is {value!r}, not matching {schema['pattern']}"
        if len(value) < schema.get("minLength", 0):
            yield f"{path} is too short"
    if isinstance(value, (int, float)):
        if "minimum" in schema and value < schema["minimum"] or "maximum" in schema and value > schema["maximum"]:
            yield f"{path} is {value}, out of bounds"
    if isinstance(value, list):
        yield from array(value, schema, root, path)
    if isinstance(value, dict):
        yield from members(value, schema, root, path)
    yield from combined(value, schema, root, path)


def resolve(root, reference):
    node = root
    for part in reference.removeprefix("#").strip("/").split("/"):
        node = node[part.replace("~1", "/").replace("~0", "~")] if part else node
    return node


def array(value, schema, root, path):
    if len(value) < schema.get("minItems", 0):
        yield f"{path} has {len(value)} items"
    for position, item in enumerate(value):
        yield from errors(item, schema.get("items", True), root, f"{path}[{position}]")


# Objects that followed their schema: a host, an ancestor stands in thousands of lines.
good = set()


def members(value, schema, root, path):
    known = (id(schema), repr(value))
    if known in good:
        return
    found = list(member_errors(value, schema, root, path))
    yield from found
    if not found:
        good.add(known)


def member_errors(value, schema, root, path):
    for key in schema.get("required", []):
        if key not in value:
            yield f"{path}.{key} is missing"
    for key, item in value.items():
        patterns = [sub for pattern, sub in schema.get("patternProperties", {}).items() if re.search(pattern, key)]
        if key in schema.get("properties", {}):
            patterns.append(schema["properties"][key])
        for sub in patterns or [schema.get("additionalProperties", True)]:
            yield from errors(item, sub, root, f"{path}.{key}")


def combined(value, schema, root, path):
    for sub in schema.get("allOf", []):
        yield from errors(value, sub, root, path)
    for name, wanted in (("anyOf", "at least one"), ("oneOf", "exactly one")):
        if name in schema:
            matching = sum(not list(errors(value, sub, root, path)) for sub in schema[name])
            if not matching or (name == "oneOf" and matching > 1):
                yield f"{path} follows {matching} of {name}, where {wanted} is due"
    if "not" in schema and not list(errors(value, schema["not"], root, path)):
        yield f"{path} follows what it must not"
    if "if" in schema:
        branch = "then" if not list(errors(value, schema["if"], root, path)) else "else"
        yield from errors(value, schema.get(branch, True), root, path)
