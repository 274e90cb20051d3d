"""Files of contrib/ that are made out of others."""
import os

from . import elastic, sigma
from .lines import CONTRIB


def wanted():
    """What each should be, by its path."""
    found = {}
    for target, (_, file, _) in sigma.TARGETS.items():
        if file:
            name, text = sigma.generated(target)
            found[os.path.join(CONTRIB, "generated", name)] = text
    found[os.path.join(CONTRIB, "elastic", "template.json")] = elastic.template_text()
    return found


def stale():
    """Those that are not what they should be."""
    def content(path):
        try:
            with open(path, encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return None
    return {path: text for path, text in wanted().items() if content(path) != text}
