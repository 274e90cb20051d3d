"""Who did it: senders that live too short, hide, lie about themselves, or were started in a roundabout way."""
import os
import platform
import pwd
import re
import shutil
import subprocess
import tempfile

from harness.daemon import is_fence
from harness.outcome import case, check, equal
from harness.process import check_ancestry, check_process, check_task, lineage
from harness.test import which

RELEASE = tuple(int(number) for number in re.findall(r"\d+", platform.release())[:2])

BASE = "table inet t { chain c { counter; counter; counter; }; }"
FLUSH = ["nft", "flush", "table", "inet", "t"]


def ready(t):
    t.prepare(["nft", "-f", "-"], input=BASE)


def flushed(t, argv, **options):
    """One line for the flush of the prepared table; the sender is for the test to check."""
    change = t.change(argv, sender=False, **options)
    change.op("flush-table", 3, family="inet", table="t")
    return change


def told(done):
    """What a deed printed: {name: pid}."""
    return {name: int(pid) for name, pid in (line.split() for line in done.out.splitlines())}


def ancestor(line, pid):
    found = [task for task in line.get("wallwatch.ancestry", []) if task.get("pid") == pid]
    check(found, f"pid {pid} is not among the ancestors", [line])
    return found[0]


def script(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\n" + text)
    os.chmod(path, 0o755)
    return path


@case("a process that lives under 2 ms")
def quick(t):
    for _ in range(5):
        ready(t)
        argv = [t.deed("quick"), "t"]
        change = flushed(t, argv)
        check_process(change.line, argv[0], argv, change.done.pid, began=change.done.began)
        t.prepare("nft delete table inet t")


@case("a process whose parents ended before it sent")
def double_fork(t):
    ready(t)
    argv = [t.deed("doublefork"), "t"]
    change = flushed(t, argv)
    line, pids = change.line, told(change.done)
    check_task(line.get("process"), "process", line, argv[0], argv, pid=pids["third"])
    chain = [task.get("pid") for task in line.get("wallwatch.ancestry", [])]
    wanted = [pids["second"], pids["first"], *lineage(os.getpid())]
    equal([pid for pid in chain if pid in wanted], wanted, "the ancestors, nearest first", [line])
    equal(chain[-1], 1, "the last ancestor", [line])
    check_task(ancestor(line, pids["first"]), "the first ancestor", line, argv[0], argv)


@case("a process that overwrote its argv and comm is told by what it was started as")
def rewriter(t):
    ready(t)
    argv = [t.deed("rewriter"), "t", "padding-padding-padding", "more-padding"]
    change = flushed(t, argv)
    check_process(change.line, argv[0], argv, change.done.pid, began=change.done.began)
    check("sshd" not in change.line.get("process.command_line", ""), "its own fiction was believed", [change.line])


@case("a process that removed its executable before it sent")
def deleted(t):
    ready(t)
    folder = tempfile.mkdtemp(prefix="wwtest-")
    try:
        argv = [shutil.copy(t.deed("unlinker"), os.path.join(folder, "gone")), "t"]
        change = flushed(t, argv)
    finally:
        shutil.rmtree(folder)
    check_process(change.line, argv[0], argv, change.done.pid)
    equal(change.line.get("wallwatch.process.exe_deleted"), True, "wallwatch.process.exe_deleted", [change.line])


@case("a process that runs from memory")
def memfd(t):
    ready(t)
    program = "import os, sys; fd = os.memfd_create('x'); os.write(fd, open(sys.argv[1], 'rb').read()); os.execve(fd, ['kworker', 't'], {})"
    change = flushed(t, ["/usr/bin/python3", "-c", program, t.deed("quick")])
    equal(change.line.get("process.pid"), change.done.pid, "process.pid", [change.line])
    equal(change.line.get("process.args"), ["kworker", "t"], "process.args", [change.line])
    equal(change.line.get("wallwatch.process.exe_memfd"), True, "wallwatch.process.exe_memfd", [change.line])


@case("through sudo")
def sudo(t):
    probe = subprocess.run(["sudo", "-n", "true"], capture_output=True, text=True)
    if probe.returncode:
        t.skip(f"sudo does not work here: {probe.stderr.strip()}")
    ready(t)
    change = flushed(t, ["sudo", "-n", *FLUSH])
    line, done = change.line, change.done
    check_task(line.get("process"), "process", line, which("nft"), FLUSH)
    check_task(ancestor(line, done.pid), "the sudo ancestor", line, which("sudo"), done.argv)
    chain = [task.get("pid") for task in line.get("wallwatch.ancestry")]
    equal(chain[chain.index(done.pid) + 1 :], lineage(os.getpid()), "the ancestors of sudo", [line])


@case("from a job of a cron-like parent")
def cron(t):
    ready(t)
    argv = [t.deed("cronlike"), "true; " + " ".join(FLUSH) + "; true"]
    change = flushed(t, argv)
    line, pids = change.line, told(change.done)
    check_task(line.get("process"), "process", line, which("nft"), FLUSH)
    check_ancestry(line, [pids["shell"], pids["job"], change.done.pid, *lineage(os.getpid())])
    check_task(line.get("process.parent"), "process.parent", line, "/bin/sh", ["sh", "-c", argv[1]])
    equal(line.get("process.parent.args"), ["sh", "-c", argv[1]], "process.parent.args", [line])


@case("from shell scripts that call each other")
def scripts(t):
    ready(t)
    folder = tempfile.mkdtemp(prefix="wwtest-")
    try:
        inner = script(folder, "inner.sh", " ".join(FLUSH) + "\ntrue\n")
        outer = script(folder, "outer.sh", f"{inner} deep\ntrue\n")
        change = flushed(t, [outer, "--now"])
    finally:
        shutil.rmtree(folder)
    line, chain = change.line, change.line.get("wallwatch.ancestry", [])
    check_task(line.get("process"), "process", line, which("nft"), FLUSH)
    check_task(line.get("process.parent"), "process.parent", line, "/bin/sh", ["/bin/sh", inner, "deep"])
    equal([task["pid"] for task in chain[1:]], [change.done.pid, *lineage(os.getpid())], "the ancestors of the inner script", [line])
    check_task(chain[1], "the outer script", line, "/bin/sh", ["/bin/sh", outer, "--now"])


@case("the login identity is told, and none where nobody logged in")
def login(t):
    ready(t)
    with open("/proc/self/loginuid", encoding="ascii") as file:
        unset = file.read().strip() == "4294967295"
    if unset:
        line = t.change("nft add rule inet t c counter").line
        check(not line.get("wallwatch.login.uid"), "nobody logged in, and a login is told", [line])
    script = "echo 1000 > /proc/self/loginuid && exec nft add rule inet t c counter"
    done, lines, _ = t.changes(["sh", "-c", script], code=None)
    if done.code:
        t.skip(f"the login uid cannot be set here: {done.err.strip()}")
    equal(lines[0].get("wallwatch.login.uid"), "1000", "wallwatch.login.uid", lines)
    equal(lines[0].get("process.user.id"), "0", "process.user.id", lines)
    try:
        equal(lines[0].get("wallwatch.login.name"), pwd.getpwuid(1000).pw_name, "wallwatch.login.name", lines)
    except KeyError:
        pass


@case("a user with CAP_NET_ADMIN who is not root")
def capable(t):
    ready(t)
    change = flushed(t, ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=+net_admin", "--ambient-caps=+net_admin", *FLUSH])
    check_process(change.line, which("nft"), FLUSH, change.done.pid, user=("65534", "nobody"))


@case("arguments that are no UTF-8, or hold quotes, newlines and escapes")
def strange_arguments(t):
    ready(t)
    argv = [t.deed("quick"), "t", 'say "hi"', "two\nlines", "\x1b[31mred", b"\xff\xfe\xc3", "\u202e\U0001f525"]
    mark = t.daemon.mark()
    process = t.ns.start(argv)
    process.communicate()
    line = t.daemon.wait(lambda line: line.netns == t.ns.id and line.action == "firewall-changed" and not is_fence(line), mark, 3 * t.patience, "the strange deed")
    t.daemon.fence(t.ns)
    args = line.get("process.args", [])
    equal(line.get("process.args_count"), 7, "process.args_count", [line])
    # Control bytes and bytes that are no text stand as \xHH, and the line says so.
    equal(args[:5], [*argv[:3], "two\\x0alines", "\\x1b[31mred"], "the first arguments", [line])
    equal(args[5], "\\xff\\xfe\\xc3", "the argument that is no UTF-8", [line])
    equal(line.get("wallwatch.escaped"), True, "wallwatch.escaped", [line])
    equal(args[6], argv[6], "the last argument", [line])


@case("an enormous command line is cut, and says so")
def long_arguments(t):
    ready(t)
    argv = [t.deed("quick"), "t", *(f"argument-{n}" for n in range(5000))]
    change = flushed(t, argv)
    line = change.line
    equal(line.get("process.args_count"), len(argv), "process.args_count", [line])
    equal(line.get("process.args", [])[:2], argv[:2], "the first arguments", [line])
    check(line.get("wallwatch.process.argv_truncated") or line.get("wallwatch.truncated"), "nothing says that it was cut", [line])


def known(change, program):
    """Who it was. On 7.2 execs were seen to go unrecorded (docs/limits.md): a line that lacks the path must not have
    another's, and has the name."""
    line = change.line
    if RELEASE >= (7, 0) and line.get("process.executable") is None:
        equal((line.get("process.pid"), line.get("process.name")), (change.done.pid, os.path.basename(program)), "who it was", [line])
    else:
        check_process(line, program, change.done.argv, change.done.pid, began=change.done.began)
    return change


@case("2,000 short-lived processes a second cost no identity", seconds=120)
def storm(t):
    ready(t)
    mark, seconds = t.daemon.mark(), 6
    storm = subprocess.Popen([t.deed("storm"), "2000", str(seconds)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        while storm.poll() is None:
            known(t.change("nft add rule inet t c counter", sender=False), "/usr/sbin/nft").op("add-rule", 1)
            argv = [t.deed("quick"), "t"]
            known(t.change(argv, sender=False), argv[0]).op("flush-table")
        print("    " + storm.stdout.read().strip(), flush=True)
    finally:
        storm.stdin.close()
        storm.wait()
    lost = t.daemon.since(mark, None, "collector-events-lost")
    check(not lost, "records were lost", lost)
