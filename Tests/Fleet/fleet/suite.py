"""Runs the tests one after the other."""
import importlib
import os
import time
import traceback

from harness.outcome import CASES, Failed, Skipped

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
    count = {"passed": 0, "failed": 0, "skipped": 0}
    for case in chosen:
        began, why, outcome = time.monotonic(), "", "passed"
        try:
            case.function()
        except Skipped as reason:
            outcome, why = "skipped", str(reason)
        except Failed as failure:
            outcome, why = "failed", "\n".join([str(failure), *map(str, failure.lines[:5])])
        except Exception:
            outcome, why = "failed", traceback.format_exc()
        count[outcome] += 1
        print({"passed": "ok     ", "failed": "FAILED ", "skipped": "skipped"}[outcome], f"{case.name} ({time.monotonic() - began:.1f} s)", flush=True)
        if why:
            print("    " + why[:4000].strip().replace("\n", "\n    "), flush=True)
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**count))
    return 1 if count["failed"] or not count["passed"] else 0
