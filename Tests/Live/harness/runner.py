"""Runs one case after the other, for every suite: what came of each is a line, and what came of all the last one."""
import os
import signal
import time
import traceback

from .outcome import Failed, Skipped

SHOWN = 12
WORDS = {"passed": "ok     ", "failed": "FAILED ", "skipped": "skipped"}


def ring(number, frame):
    raise Failed("not done in time")


def explain(failure):
    place = [frame for frame in traceback.extract_tb(failure.__traceback__) if "/cases/" in frame.filename][-1:]
    where = "".join(f" ({os.path.basename(frame.filename)}:{frame.lineno})" for frame in place)
    shown = [f"    received: {line}" for line in failure.lines[:SHOWN]]
    if len(failure.lines) > SHOWN:
        shown.append(f"    … and {len(failure.lines) - SHOWN} more lines")
    elif not shown:
        shown = ["    received: no line"]
    return "\n".join([str(failure) + where, *shown])


def perform(function, seconds=0):
    """Returns (result, why, seconds). `seconds`: it fails if it takes longer; 0: it may take as long as it likes."""
    signal.signal(signal.SIGALRM, ring)
    began = time.monotonic()
    signal.alarm(seconds)
    try:
        result, why = "passed", function() or ""
    except Skipped as reason:
        result, why = "skipped", str(reason)
    except Failed as failure:
        result, why = "failed", explain(failure)
    except Exception:  # whatever goes wrong in a test is that test's failure alone
        result, why = "failed", traceback.format_exc()
    finally:
        signal.alarm(0)
    return result, why, time.monotonic() - began


def show(name, result, why, seconds):
    print(WORDS[result], f"{name} ({seconds:.2f} s)", flush=True)
    if why:
        print("    " + why, flush=True)


def close(results):
    """The closing line of what came of each, and the status to end with."""
    count = {kind: results.count(kind) for kind in WORDS}
    print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped")
    return 1 if count["failed"] or not count["passed"] else 0
