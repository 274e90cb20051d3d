"""promtool, and what alert rules and dashboards ask for."""
import json
import os
import re
import subprocess
import tempfile

import yaml

import harness.promtool

from .lines import CONTRIB, HERE

FOLDER = os.path.join(CONTRIB, "prometheus")
SELECTOR = re.compile(r"\b((?:wallwatch|node)_[a-z_]+|up)\b(?:\{([^}]*)\})?")
LABEL = re.compile(r'([a-z_]+)\s*(?:=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"')


def facts():
    with open(os.path.join(HERE, "..", "metrics.json"), encoding="utf-8") as file:
        return json.load(file)


def rules():
    with open(os.path.join(FOLDER, "alerts.yml"), encoding="utf-8") as file:
        return yaml.safe_load(file)


def promtool(*argv, cwd=None, text=None):
    return subprocess.run([harness.promtool.path(), *argv], input=text, capture_output=True, text=True, check=False, cwd=cwd)


def tested(text, test_text):
    """What `promtool test rules` says of these rules: (whether all held, what it said)."""
    with tempfile.TemporaryDirectory(prefix="wwprom-") as folder:
        for name, content in (("alerts.yml", text), ("alerts_test.yml", test_text)):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(content)
        done = promtool("test", "rules", "alerts_test.yml", cwd=folder)
        return done.returncode == 0, done.stdout + done.stderr


def unknown(expression, known, values):
    """Metrics and labels in an expression that nobody writes, and values of labels that never come."""
    # A template's `file=~` may hold a name that looks like one: labels are read, and then taken out.
    for name, labels in SELECTOR.findall(expression):
        if name not in known:
            yield f"the metric {name}"
            continue
        for label, value in LABEL.findall(labels or ""):
            if label not in [*known[name], "instance", "job"]:
                yield f"the label {label} of {name}"
            allowed = values.get(label)
            if allowed and not value.startswith("$"):
                for word in value.split("|"):
                    if word not in allowed:
                        yield f"{label}={word} of {name}"
