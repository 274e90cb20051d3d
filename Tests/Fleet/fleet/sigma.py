"""The Sigma rules of contrib/sigma, converted."""
import os
import re

from sigma.backends.elasticsearch import EqlBackend, ESQLBackend, LuceneBackend
from sigma.backends.loki import LogQLBackend
from sigma.backends.splunk import SplunkBackend
from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection
from sigma.correlations import SigmaCorrelationRule, SigmaCorrelationType
from sigma.processing.pipeline import ProcessingPipeline

from .lines import CONTRIB

FOLDER = os.path.join(CONTRIB, "sigma")
# By target: backend, file of contrib/generated, what a comment begins with.
TARGETS = {
    "eql": (EqlBackend, "sigma.eql", "// "), "esql": (ESQLBackend, "sigma.esql", "// "), "splunk": (SplunkBackend, "sigma.spl", "# "),
    "loki": (LogQLBackend, "sigma.logql", "# "), "sqlite": (sqliteBackend, "sigma.sqlite.sql", "-- "), "lucene": (LuceneBackend, None, None),
}


def pipeline(target):
    files = ["pipeline.yml"] + (["loki.yml"] if target == "loki" else [])
    return sum((ProcessingPipeline.from_yaml(read(os.path.join(FOLDER, name))) for name in files), ProcessingPipeline())


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def collections():
    """Each file, by name, as it is: a rule, with the correlation that counts it."""
    folder = os.path.join(FOLDER, "rules")
    return {name[:-4]: read(os.path.join(folder, name)) for name in sorted(os.listdir(folder)) if name.endswith(".yml")}


def hindrance(rule, target):
    """Why this correlation has no right form in that language."""
    if target == "eql" and rule.type == SigmaCorrelationType.VALUE_COUNT:
        return "not in EQL: what pysigma makes of it joins by the field whose values are to differ, and so counts one host's changes"
    return None


def converted(target):
    """(name, title, query or None, why there is none), in the order of the files, a rule before the correlation on it."""
    for name, text in collections().items():
        documents = text.split("\n---\n")
        rule = SigmaCollection.from_yaml(documents[0])
        yield rule.rules[0].name, rule.rules[0], *one(target, rule)
        if len(documents) > 1:
            both = SigmaCollection.from_yaml(text)
            correlation = next(rule for rule in both.rules if isinstance(rule, SigmaCorrelationRule))
            why = hindrance(correlation, target)
            # Of the rule below it the query was given already, and some backends make half of one then.
            correlation.generate = False
            both = SigmaCollection.from_yaml(text.replace("  generate: true\n", ""))
            yield correlation.name, correlation, *((None, why) if why else one(target, both))


def all_of(target, collection):
    """Some backends make several queries of one rule: Loki of alternatives that it cannot ask in one."""
    return TARGETS[target][0](pipeline(target)).convert(collection)


def one(target, collection):
    queries = all_of(target, collection)
    if len(queries) != 1:
        raise ValueError(f"{len(queries)} queries of one rule for {target}")
    # Blanks at the ends of lines are no part of any of these languages.
    query = re.sub(r"[ \t]+$", "", queries[0].strip(), flags=re.MULTILINE)
    if target == "eql":
        # `:` is for texts; numbers and booleans are compared with `==`.
        query = re.sub(r"(?<=[\w.]):(true|false|-?\d+)\b", r" == \1", query)
    return query, None


def generated(target):
    """The file of contrib/generated for this target."""
    _, name, mark = TARGETS[target]
    head = f"{mark}Made by Tests/Fleet/generate out of contrib/sigma: change the rules there, and make this anew.\n"
    parts = []
    for rule_name, rule, query, why in converted(target):
        level = rule.level.name.lower() if rule.level else ""
        parts.append(f"{mark}{rule_name} ({level}): {rule.title}\n" + (f"{mark}{why}\n" if why else f"{query}\n"))
    return name, head + "\n" + "\n".join(parts)
