"""Where a scenario runs: a network namespace or a container with a firewall, and a mount namespace in which /etc, /opt and
/usr/local are its own, with a daemon that watches it as its host."""
import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time

from cases.files import SKELETON
from harness.daemon import Daemon
from harness.outcome import Failed, Skipped

from .box import prepare
from .scenario import HERE
from . import deeds

with open(os.path.join(HERE, "firewalls", "iptables.rules"), encoding="utf-8") as rules, open(os.path.join(HERE, "firewalls", "host.nft"), encoding="utf-8") as ruleset:
    SAVED, RULESET = rules.read(), ruleset.read()
FILES = {
    **SKELETON, "nftables.conf": "flush ruleset\n" + RULESET, "iptables/rules.v4": SAVED, "iptables/rules.v6": SAVED.replace("192.0.2.0/24", "2001:db8::/32"),
    "default/netfilter-persistent": "FLUSH_ON_STOP=0\n",
}
CLONE_NEWNS = 0x20000
EMIT = "firewall,firewall-process,state,process,record"
LIVE = os.path.realpath(os.path.join(HERE, "..", "Live", "deeds"))
with open("/proc/mounts", encoding="utf-8") as mounts:
    CGROUP = next((line.split()[1] for line in mounts if line.split()[2] == "cgroup2"), None)


def private_mounts():
    """This process leaves the machine's mount namespace: what it mounts is gone with it."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS):
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    draft = tempfile.mkdtemp(prefix="wwlab-")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "wwlab", draft], check=True)
    for path in ("/etc", "/usr/local/bin", "/usr/local/sbin"):
        os.makedirs(path, exist_ok=True)
        copy = draft + path
        os.makedirs(os.path.dirname(copy), exist_ok=True)
        subprocess.run(["cp", "-a", path, copy], check=True)
        subprocess.run(["mount", "--bind", copy, path], check=True)
    for link in ("multi-user.target.wants", "sysinit.target.wants"):
        with contextlib.suppress(OSError):
            os.unlink(f"/etc/systemd/system/{link}/nftables.service")
    for path in ("/opt", "/root"):
        os.makedirs(path, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "wwlab", path], check=True)
    return draft


def overlay(draft):
    """/usr/sbin and /usr/bin may be added to: what is there keeps its dates."""
    for path in ("/usr/sbin", "/usr/bin"):
        upper, work = f"{draft}{path}.upper", f"{draft}{path}.work"
        os.makedirs(upper)
        os.makedirs(work)
        done = subprocess.run(["mount", "-t", "overlay", "-o", f"lowerdir={path},upperdir={upper},workdir={work}", "overlay", path], capture_output=True, text=True, check=False)
        if done.returncode:
            raise Skipped(f"no overlay file system here: {done.stderr.strip()[-100:]}")


class World:
    """One scenario's daemon, and the ways into its namespaces. `box`: a booted container instead of a namespace."""

    def __init__(self, scenario, options, box=None):
        self.scenario, self.box, self.options = scenario, box, options
        self.patience = 4 if "WALLWATCH_VM" in os.environ else 1
        self.draft = None if box else private_mounts()
        if "overlay" in scenario.fields.get("config", "").split():
            overlay(self.draft)
        if "files" in scenario.fields.get("config", "").split():
            self.furnish()
        self.own = Daemon(options.binary, options.tier, self.patience)
        self.work = tempfile.mkdtemp(prefix="wwlab-work-")
        os.chmod(self.work, 0o755)
        self.cgroup = f"{CGROUP}/wwlab-{os.getpid()}" if CGROUP and not box and os.access(f"{CGROUP}/cgroup.procs", os.W_OK) else None
        if self.cgroup:
            os.mkdir(self.cgroup)

    @staticmethod
    def furnish():
        """Files that decide the firewall after the next boot."""
        for name, text in FILES.items():
            os.makedirs(os.path.dirname(f"/etc/{name}"), exist_ok=True)
            with open(f"/etc/{name}", "w", encoding="utf-8") as file:
                file.write(text)
        for folder in ("multi-user.target.wants", "sysinit.target.wants"):
            os.makedirs(f"/etc/systemd/system/{folder}", exist_ok=True)
        os.symlink("/lib/systemd/system/nftables.service", "/etc/systemd/system/multi-user.target.wants/nftables.service")

    @property
    def quiet(self):
        return self.options.quiet

    @property
    def namespaces(self):
        return {self.own.host.id, self.own.side.id} | ({self.box.netns} if self.box else set())

    def configure(self):
        names = f'"wwtest-{os.getpid()}-*"' + (f', "/proc/{self.box.leader}/ns/net"' if self.box else "")
        detection = f'quiet = "{round(self.quiet * 1000)}ms"\n'
        if self.box or "other" in self.scenario.fields.get("config", "").split():
            detection += "other_namespaces = 100\n"
        detection += "".join(f"{line}\n" for line in self.options.detection)
        text = f'[netns]\nwatch = "match"\nmatch = [{names}]\n[detection]\n{detection}'
        if self.box:
            text += f'[services]\nbus = "unix:path=/proc/{self.box.leader}/root/run/dbus/system_bus_socket"\n'
        self.own.configure(text)

    def load(self):
        """The firewall it begins with."""
        for name in self.scenario.firewall:
            path = os.path.join(HERE, "firewalls", name)
            if name.endswith(".sh"):
                self.own.host.run(["/bin/sh", path], stdin=subprocess.DEVNULL)
                continue
            with open(path, encoding="utf-8") as file:
                text = file.read()
            tool = {"nft": ["nft", "-f", "-"], "rules": ["iptables-restore"], "legacy": ["iptables-legacy-restore"], "ipset": ["ipset", "restore"]}[name.rsplit(".", 1)[1]]
            self.own.host.run(tool, input=text)

    def start(self, emit=EMIT):
        self.configure()
        if self.box:
            prepare(self.box, self.scenario.firewall)
        else:
            self.load()
        mark = self.own.mark()
        self.own.start("--emit", emit)
        if self.box:
            self.own.wait(lambda line: line.get("wallwatch.collector.bus") == "listened to", mark, 10 * self.patience, "that the bus is listened to")

    def environment(self):
        return {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": "/root", "LAB": HERE, "DEEDS": deeds.folder(), "LIVE": LIVE, "WORK": self.work,
            "CGROUP": self.cgroup or "", "COLLECTOR": str(self.own.process.pid), "PINS": self.own.pins, "STATE": self.own.state, "CONFIG": self.own.config,
            "SETTLE": f"{(self.quiet + 0.7) * self.patience:g}", "OTHER": f"/run/netns/{self.own.side.name}", "BOX": self.box.leader if self.box else "",
            "DAEMON": self.options.binary,
        }

    def perform(self, seconds=120):
        """Runs the script to its end; (status, what it said)."""
        with open(os.path.join(self.work, ".said"), "w+b") as said:
            with self.inside():
                process = subprocess.Popen(self.scenario.argv(), stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, env=self.environment(), cwd="/", start_new_session=True)
            try:
                status = process.wait(seconds * self.patience)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                raise Failed(f"the scenario did not end within {seconds} s") from None
            said.seek(0)
            return status, said.read().decode(errors="replace")

    def inside(self):
        """The scenarios of a container call into it themselves (`box`)."""
        return contextlib.nullcontext() if self.box else self.own.host.inside()

    def fence(self):
        """All that was done before is written when this comes; made by nft, which nobody wonders about."""
        self.own.fences += 1
        table, mark = f"wwfence{self.own.fences}", self.own.mark()
        self.own.side.run(["nft", "-f", "-"], input=f"add table inet {table}\n")
        self.own.side.run(["nft", "delete", "table", "inet", table], stdin=subprocess.DEVNULL)
        gone = lambda line: line.netns == self.own.side.id and any(op.get("op") == "delete-table" and op.get("table") == table for op in line.ops())  # noqa: E731
        self.own.wait(gone, mark, 20 * self.patience, "the fence")

    def close(self):
        self.own.close()
        shutil.rmtree(self.work, ignore_errors=True)
        if self.cgroup:
            clear(self.cgroup)
        if self.draft:
            subprocess.run(["umount", "-l", self.draft], check=False)
            with contextlib.suppress(OSError):
                os.rmdir(self.draft)


def clear(folder):
    """Ends what is left in a control group of ours, and removes it."""
    deadline = time.monotonic() + 5
    for path, _, _ in os.walk(folder, topdown=False):
        while os.path.isdir(path):
            with contextlib.suppress(OSError):
                os.rmdir(path)
                break
            if time.monotonic() > deadline:
                return
            with contextlib.suppress(OSError), open(f"{path}/cgroup.procs", encoding="ascii") as file:
                for pid in file.read().split():
                    os.kill(int(pid), signal.SIGKILL)
            time.sleep(0.02)
