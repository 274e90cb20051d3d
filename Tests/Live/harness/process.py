"""Expectations on the process part of a line."""
import calendar
import hashlib
import os
import re
import time

from .outcome import check, equal

SIMPLE = re.compile(r"[A-Za-z0-9_./:=,@%+-]+")
digests = {}


def lineage(pid):
    """The pids from `pid` to pid 1, as /proc has them now."""
    chain = []
    while pid:
        chain.append(pid)
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            pid = int(file.read().rsplit(")", 1)[1].split()[1])
    return chain


def executable(pid):
    try:
        return os.readlink(f"/proc/{pid}/exe").removesuffix(" (deleted)")
    except OSError:
        return None


def seconds(stamp):
    whole, _, rest = stamp.rstrip("Z").partition(".")
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + float("0." + (rest or "0"))


def digest(path):
    if path not in digests:
        with open(path, "rb") as file:
            digests[path] = hashlib.sha256(file.read()).hexdigest()
    return digests[path]


def check_task(task, where, line, executable=None, args=None, user=("0", "root"), pid=None):
    """`task` is `process`, one of its parents or an ancestor; only what is given is compared."""
    shown = [line]
    if pid is not None:
        equal(task.get("pid"), pid, f"{where}.pid", shown)
    if executable is not None:
        equal(task.get("executable"), os.path.realpath(executable), f"{where}.executable", shown)
    if args is not None:
        if where == "process":
            equal(task.get("args"), list(args), f"{where}.args", shown)
            equal(task.get("args_count"), len(args), f"{where}.args_count", shown)
        command = task.get("command_line", "")
        if all(SIMPLE.fullmatch(word) for word in args):
            equal(command, " ".join(args), f"{where}.command_line", shown)
        else:
            check(command.startswith(args[0]), f"{where}.command_line should begin with {args[0]!r}: {command!r}", shown)
    if user is not None:
        who = task.get("user", {})
        equal((who.get("id"), who.get("name")), user, f"{where}.user", shown)
    check(isinstance(task.get("pid"), int), f"{where}.pid is no number", shown)


def check_process(line, executable, args, pid=None, user=("0", "root"), began=None, parents=None):
    """The sender in full. `parents` are the pids expected nearest first; by default this runner and its own ancestors."""
    shown, task = [line], line.get("process", {})
    check_task(task, "process", line, executable, args, user, pid)
    check("entity_id" in task, "process.entity_id is missing", shown)
    if began is not None:
        check(began - 1 <= seconds(task.get("start", "1970-01-01T00:00:00Z")) <= line.arrived + 1, f"process.start {task.get('start')} is not when it began", shown)
    found = line.get("process.hash.sha256")
    if found and executable and os.path.exists(executable):
        equal(found, digest(os.path.realpath(executable)), "process.hash.sha256", shown)
    check_ancestry(line, parents if parents is not None else lineage(os.getpid()))


def check_ancestry(line, parents):
    shown, ancestry = [line], line.get("wallwatch.ancestry", [])
    pids = [ancestor.get("pid") for ancestor in ancestry]
    equal(pids, parents, "the pids of wallwatch.ancestry", shown)
    if parents:
        equal(line.get("process.parent.pid"), parents[0], "process.parent.pid", shown)
    for position, ancestor in enumerate(ancestry):
        where = f"wallwatch.ancestry[{position}]"
        check("start" in ancestor, f"{where}.start is missing", shown)
        check("user" in ancestor, f"{where}.user is missing", shown)
        alive = executable(ancestor["pid"])
        if alive:
            equal(ancestor.get("executable"), alive, f"{where}.executable", shown)
        else:
            check(ancestor.get("executable", "").startswith("/"), f"{where}.executable is missing", shown)
