"""Runs the tests one after the other."""
import importlib
import os

from harness import runner
from harness.outcome import CASES

HERE = os.path.dirname(os.path.realpath(__file__))


class Options:
    """What the command line said, for the tests."""
    binary = None
    sigmahq = ""


def run(options):
    Options.binary = options.binary and os.path.realpath(options.binary)
    Options.sigmahq = options.sigmahq
    for name in sorted(os.listdir(os.path.join(HERE, "..", "cases"))):
        if name.endswith(".py") and name != "__init__.py":
            importlib.import_module(f"cases.{name[:-3]}")
    chosen = [case for case in CASES if any(word in case.name for word in options.only.split(","))]
    if options.list:
        print(*(case.name for case in chosen), sep="\n")
        return 0
    results = []
    for case in chosen:
        result, why, seconds = runner.perform(case.function)
        runner.show(case.name, result, why[:4000].strip().replace("\n", "\n    "), seconds)
        results.append(result)
    return runner.close(results)
