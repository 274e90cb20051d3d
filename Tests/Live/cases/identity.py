"""Who somebody is: from which login, service or container, with which file, and what about it makes one wonder."""
import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time

from harness.outcome import case, check, equal
from harness.process import digest
from harness.test import which

NOBODY = dict(user=65534, group=65534, extra_groups=[])
QUIET = dict(stdin=subprocess.DEVNULL, env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"})
ID = "0123456789abcdef" * 4
# What the place of a test's own files is to blame for.
OF_TMP = {"executable_in_temporary_place", "executable_folder_writable", "executable_recently_written"}

with open("/proc/mounts", encoding="utf-8") as mounts:
    CGROUP = next((line.split()[1] for line in mounts if line.split()[2] == "cgroup2"), None)


def traits(line):
    return {trait["id"]: trait["text"] for trait in line.get("wallwatch.traits", [])}


def known(t, argv, **options):
    """The line of a change, when its files have been looked at: the first may be too early for that."""
    deadline = time.monotonic() + 5 * t.patience
    while time.monotonic() < deadline:
        line = t.change(argv(f"t{time.monotonic_ns()}"), sender=False, **options).line
        if line.get("process.hash.sha256"):
            return line
    check(False, "process.hash.sha256 never came", [line])


def nft(*before):
    return lambda table: [*before, "add", "table", "inet", table]


@contextlib.contextmanager
def folder(place=None):
    path = tempfile.mkdtemp(prefix="wwtest-", dir=place)
    os.chmod(path, 0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path)


@contextlib.contextmanager
def copied(program="nft", place=None, name=None):
    with folder(place) as path:
        yield shutil.copy(os.path.realpath(which(program)), os.path.join(path, name or program))


def wonders(line, *expected, but=()):
    """These traits, and no others but those `but`."""
    found = traits(line)
    check(set(expected) <= set(found), f"the traits should have {sorted(set(expected) - set(found))}: {found}", [line])
    check(set(found) <= {*expected, *but}, f"the traits should not have {sorted(set(found) - {*expected, *but})}: {found}", [line])
    return found


# What depends on where and how the tests are run: under a login or not, below an agent or not, with what on standard input,
# shortly after a sudo, or after the tools were installed.
OF_US = {
    "no_login_and_no_service", "set_uid_shortly_before", "below_network_service", "shell_below_network_service", "stdin_pipe",
    "stdin_socket", "executable_recently_written",
}


@case("nft as it is installed: its hash, a path to be trusted, and nothing to wonder at", seconds=60)
def plain(t):
    line = known(t, nft("nft"), **QUIET)
    equal(line.get("process.hash.sha256"), digest(os.path.realpath(which("nft"))), "process.hash.sha256", [line])
    wonders(line, but=OF_US)
    equal(line.get("wallwatch.process.exe_path_trust"), "trusted", "exe_path_trust", [line])
    equal(line.get("wallwatch.process.stdin_kind"), "character-device", "stdin_kind", [line])
    leader = line.get("process.session_leader")
    equal(leader["pid"], os.getsid(0), "session_leader.pid", [line])
    equal(line.get("process.group_leader.pid"), os.getpgid(0), "group_leader.pid", [line])
    check(line.get("process.entry_leader.entry_meta.type"), "no entry_meta.type", [line])


@case("a copy in a temporary place, one that is another's, and one that everybody may write")
def places(t):
    with copied() as path:
        line = known(t, nft(path), **QUIET)
        wonders(line, *OF_TMP, "raw_netlink_by_no_firewall_tool", but=OF_US)
        equal(line.get("process.hash.sha256"), digest(path), "process.hash.sha256", [line])
        equal(line.get("wallwatch.process.exe_path_trust"), "untrusted", "exe_path_trust", [line])
    with copied(place="/var/lib") as path:
        os.chown(path, 65534, 65534)
        line = known(t, nft(path), **QUIET)
        wonders(line, "executable_not_owned_by_root", "executable_recently_written", "raw_netlink_by_no_firewall_tool", but=OF_US)
        os.chown(path, 0, 0)
        os.chmod(path, 0o757)
        line = known(t, nft(path), **QUIET)
        wonders(line, "executable_writable_by_others", "executable_recently_written", "raw_netlink_by_no_firewall_tool", but=OF_US)


@case("a program whose file is deleted, or changed, while it runs; one from memory")
def files(t):
    with copied(place="/var/lib") as path:
        interactive = t.ns.start([path, "-i"])
        t.ns.notice([path])

        def command(text):
            # (nft -i reads by the line, and ends with its input.)
            mark = t.daemon.mark()
            interactive.stdin.write(text + "\n")
            interactive.stdin.flush()
            wanted = lambda line: line.action == "firewall-changed" and line.netns == t.ns.id and line.get("process.pid") == interactive.pid  # noqa: E731
            return t.daemon.wait(wanted, mark, 10 * t.patience, f"firewall-changed for {text}")

        try:
            time.sleep(1.5)
            os.utime(path)
            line = command("add table inet one")
            deadline = time.monotonic() + 5 * t.patience
            while "executable_changed_since_start" not in traits(line) and time.monotonic() < deadline:
                line = command(f"add table inet t{time.monotonic_ns()}")
            wonders(line, "executable_changed_since_start", "stdin_pipe", but=OF_US | {"raw_netlink_by_no_firewall_tool"})
            whole = digest(path)
            os.unlink(path)
            time.sleep(1.2)  # what was found is taken as it was for a second
            line = command("add table inet two")
            wonders(line, "executable_deleted", "stdin_pipe", but=OF_US | {"executable_changed_since_start", "raw_netlink_by_no_firewall_tool"})
            found = line.get("process.hash.sha256")
            check(found in (None, whole), f"the hash of another file: {found}", [line])
            equal(line.get("wallwatch.process.exe_path_trust"), "untrusted", "exe_path_trust", [line])
        finally:
            interactive.communicate()
            t.daemon.fence(t.ns)
            t.ns.counted = t.ns.counts()
    code = "import os,sys; f=os.memfd_create('nft'); os.write(f,open(sys.argv[1],'rb').read()); os.execv(f'/proc/self/fd/{f}',sys.argv[2:])"
    line = t.change(["/usr/bin/python3", "-c", code, os.path.realpath(which("nft")), "nft", "add", "table", "inet", "memory"], sender=False, **QUIET).line
    wonders(line, "executable_in_memory", but=OF_US | {"raw_netlink_by_no_firewall_tool"})
    equal(line.get("wallwatch.process.exe_path_trust"), "untrusted", "exe_path_trust", [line])


@case("LD_PRELOAD and LD_AUDIT are told, as facts and without what they hold; so is an endless environment")
def environment(t):
    secret = "/no/such/library-4711.so"
    for number, (variables, expected) in enumerate((
            ({"LD_PRELOAD": secret}, "preloaded_library"), ({"LD_AUDIT": secret}, "preloaded_library"),
            ({"A" * 3000: "LD_PRELOAD=x", "LD_PRELOAD": secret}, "preloaded_library"),
            ({f"V{number}": "x" for number in range(200)}, "environment_too_long"),
            *(({name: secret}, "interpreter_environment") for name in ("BASH_ENV", "PYTHONPATH", "PYTHONHOME", "PERL5LIB", "PERL5OPT", "RUBYOPT", "NODE_OPTIONS")),
            ({"BASH_EN": "V=x", "BASH_ENVY": "x", "PYTHONPATHS": "x", "PYTHONPATH_": "", "RUBYOPTS": "x", "NODE_OPTION": "x", "XBASH_ENV": "x"}, None),
            ({"LD_PRELOADED": "x", "X": "LD_PRELOAD=x", "B" * 1022: "", "C" * 1015: "LD_PRELOAD=x"}, None))):
        line = t.change(["nft", "add", "table", "inet", f"t{number}"], env={"PATH": os.environ["PATH"], **variables}, stdin=subprocess.DEVNULL).line
        wonders(line, *([expected] if expected else []), but=OF_US)
        check("library-4711" not in line.text, "what the variable holds is told", [line])


@case("a name and arguments that were written over, and standard input that is a socket")
def disguise(t):
    argv = ["/usr/bin/python3", t.deed("disguise.py"), "[kworker/0:1]", "t"]
    ours, theirs = socket.socketpair()
    with ours, theirs:
        line = t.change(argv, stdin=theirs).line
    found = wonders(line, "name_rewritten", "arguments_rewritten", "stdin_socket", "raw_netlink_by_no_firewall_tool", but=OF_US | OF_TMP)
    equal(found["name_rewritten"].split(", now ")[1], "[kworker/0:1]", "what it is named now", [line])
    check("[kworker/0:1]" in found["arguments_rewritten"], f"the arguments now: {found}", [line])


@case("a script: its path and its hash beside its interpreter's", seconds=90)
def script(t):
    path = t.deed("raw_netlink.py")
    argv = lambda table: ["/usr/bin/python3", "-u", path, "add-table", "inet", table]  # noqa: E731
    line = known(t, argv, **QUIET)
    equal(line.get("wallwatch.process.script"), {"path": path, "sha256": digest(path)}, "script", [line])
    equal(line.get("process.hash.sha256"), digest(os.path.realpath("/usr/bin/python3")), "process.hash.sha256", [line])
    check("raw_netlink_by_no_firewall_tool" in traits(line), "python is no firewall tool", [line])
    with folder("/var/lib") as place:
        shutil.copy(path, place)
        line = t.change(["/usr/bin/python3", "./raw_netlink.py", "add-table", "inet", "relative"], cwd=place, **QUIET).line
        equal(line.get("wallwatch.process.script.path"), f"{place}/raw_netlink.py", "script.path", [line])


@case("a script that only its mount namespace has: hashed there, and its path proves nothing")
def elsewhere(t):
    with folder("/var/lib") as place:
        enter = 'mount -t tmpfs none "$0" && cp "$1" "$0/x.py" && /usr/bin/python3 "$0/x.py" add-table inet "$2"; sleep 0.3'
        argv = lambda table: ["unshare", "-m", "sh", "-c", enter, place, t.deed("raw_netlink.py"), table]  # noqa: E731
        line = known(t, argv, **QUIET)
        equal(line.get("wallwatch.process.script"), {"path": f"{place}/x.py", "sha256": digest(t.deed("raw_netlink.py"))}, "script", [line])
        check("other_mount_namespace" in traits(line), f"{traits(line)}", [line])
        equal(line.get("process.hash.sha256"), digest(os.path.realpath("/usr/bin/python3")), "process.hash.sha256", [line])
        check(not os.listdir(place), "the mount is here too")


@case("a set-uid program shortly before, and root that came by none")
def rising(t):
    with copied("env", place="/var/lib") as path:
        os.chmod(path, 0o4755)
        # (nft refuses to be set-uid itself.)
        argv = [path, "/usr/bin/python3", t.deed("raw_netlink.py"), "add-table", "inet", "t"]
        line = t.change(argv, sender=False, **NOBODY, **QUIET).line
        found = wonders(line, "set_uid_shortly_before", "raw_netlink_by_no_firewall_tool", but=OF_US | OF_TMP)
        check("user 65534" in found["set_uid_shortly_before"] and path in found["set_uid_shortly_before"], f"{found}", [line])
    line = t.change(["/usr/bin/python3", t.deed("rise.py"), which("nft"), "add", "table", "inet", "u"], sender=False, **QUIET).line
    found = wonders(line, "root_without_set_uid", but=OF_US)
    check("65534" in found["root_without_set_uid"], f"{found}", [line])


@case("a shell below a web server")
def webshell(t):
    with copied("sh", place="/var/lib", name="nginx") as path:
        line = t.change([path, "-c", "sh -c 'nft add table inet t; true'; true"], sender=False, **QUIET).line
        found = wonders(line, "below_network_service", "shell_below_network_service", but=OF_US)
        check("nginx" in found["below_network_service"] and "below nginx" in found["shell_below_network_service"], f"{found}", [line])


@contextlib.contextmanager
def group(root, *names):
    """A control group; a shell command that enters it, changes the firewall as its last deed, and is gone."""
    made = []
    try:
        for name in names:
            made.append(os.path.join(made[-1] if made else root, name))
            os.mkdir(made[-1])
        yield lambda table: ["/bin/sh", "-c", f"echo $$ > {made[-1]}/cgroup.procs; exec nft add table inet {table}"]
    finally:
        for path in reversed(made):
            deadline = time.monotonic() + 5
            while os.path.isdir(path):
                with contextlib.suppress(OSError):
                    os.rmdir(path)
                if time.monotonic() > deadline:
                    break
                time.sleep(0.01)


@case("the unit and the container of who did it, also when their control group is gone at once")
def groups(t):
    if not CGROUP or not os.access(f"{CGROUP}/cgroup.procs", os.W_OK):
        t.skip("no cgroup v2 in sight")
    mine = f"ww{os.getpid()}"
    for names, unit, container in (
            ((f"{mine}.slice", f"{mine}-fw.service"), f"{mine}-fw.service", None),
            ((f"{mine}.slice", f"docker-{ID}.scope"), f"docker-{ID}.scope", {"id": ID, "runtime": "docker"}),
            ((mine, "docker", ID), None, {"id": ID, "runtime": "docker"}),
            ((f"{mine}.slice", f"libpod-{ID}.scope", "container"), f"libpod-{ID}.scope", {"id": ID, "runtime": "podman"})):
        mark = t.daemon.mark()
        with group(CGROUP, *names) as argv:
            table = f"t{len(names)}{names[-1][:6].replace('-', '_')}"
            done = t.ns.run(argv(table), **QUIET)
        check(not os.path.isdir(f"{CGROUP}/{names[0]}/{names[1]}"), f"{names} is still there")
        line = t.daemon.wait(lambda line: line.action == "firewall-changed" and line.get("process.pid") == done.pid, mark, 5 * t.patience, f"firewall-changed for {done}")
        equal(line.get("wallwatch.unit"), unit, "the unit", [line])
        equal(line.get("container"), container, "the container", [line])
        told = line.get("wallwatch.process.control_group")
        check(told and told.endswith("/" + "/".join(names)), f"the control group: {told}", [line])
        t.daemon.fence(t.ns)
        t.ns.counted = t.ns.counts()


@case("on a machine that uses control groups of the first version alone")
def first_version(t):
    with folder() as place:
        mounted = subprocess.run(["mount", "-t", "cgroup", "-o", "pids", "none", place], capture_output=True, text=True)
        if mounted.returncode:
            t.skip(f"the controller for pids is not to be had: {mounted.stderr.strip()[-100:]}")
        try:
            with group(place, f"ww{os.getpid()}", "docker", ID) as argv:
                line = t.change(argv("v1"), sender=False, **QUIET).line
            equal(line.get("container"), {"id": ID, "runtime": "docker"}, "the container", [line])
        finally:
            subprocess.run(["umount", place], check=False)


@contextlib.contextmanager
def ssh_server(t, place):
    """dropbear on loopback of the test's namespace, with a home of its own for root. Yields the command of a client."""
    key, host = f"{place}/key", f"{place}/host"
    for path in (key, host):
        subprocess.run([which("dropbearkey"), "-t", "ed25519", "-f", path], check=True, capture_output=True)
    public = subprocess.run([which("dropbearkey"), "-y", "-f", key], check=True, capture_output=True, text=True).stdout
    line = next(line for line in public.splitlines() if line.startswith("ssh-"))
    setup = "mount -t tmpfs -o mode=700 none /root && mkdir -m 700 /root/.ssh && echo \"$0\" > /root/.ssh/authorized_keys && exec \"$@\""
    t.ns.run("ip link set lo up")
    server = t.ns.start(["unshare", "-m", "sh", "-c", setup, line, which("dropbear"), "-F", "-E", "-r", host, "-p", "127.0.0.1:2222"], stdin=subprocess.DEVNULL)
    try:
        yield server, lambda command: [which("dbclient"), "-y", "-y", "-i", key, "-p", "2222", "root@127.0.0.1", command]
    finally:
        server.terminate()
        server.communicate()


@case("who came by SSH: the session, and the address he came from", seconds=90)
def ssh(t):
    with folder() as place, ssh_server(t, place) as (server, client):
        deadline = time.monotonic() + 10 * t.patience
        while (tried := t.ns.run(client("true"), code=None, **QUIET)).code != 0:
            check(time.monotonic() < deadline and server.poll() is None, f"no SSH server came up: {tried}")
            time.sleep(0.1)
        mark = t.daemon.mark()
        t.ns.run(client("nft add table inet t; sleep 0.2; nft add chain inet t c; true"), **QUIET)
        wanted = lambda line: line.action == "firewall-changed" and "add-chain" in [op["op"] for op in line.ops()]  # noqa: E731
        line = t.daemon.wait(wanted, mark, 5 * t.patience, "the chain")
        entry = line.get("process.entry_leader")
        equal(entry["entry_meta"], {"type": "sshd", "source": {"ip": "127.0.0.1"}}, "entry_meta", [line])
        above = {ancestor["pid"]: ancestor for ancestor in line.get("wallwatch.ancestry")}
        check("dash" in above[entry["pid"]].get("executable", "") or "sh" in above[entry["pid"]].get("name", ""), f"the entry's leader: {above[entry['pid']]}", [line])
        t.daemon.fence(t.ns)
        t.ns.counted = t.ns.counts()
