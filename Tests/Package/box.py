"""The container that the package is installed in: booted, installed into, and booted again with what was installed."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "Live"))
from harness import systemd  # noqa: E402
from harness.outcome import Failed, check  # noqa: E402

EVENTS = "/var/log/wallwatch/events.jsonl"
# What the package depends on, and what acts in the tests: the container has no network to fetch it from.
NEEDED = ("libbpf1", "libelf1", "zlib1g", "libstdc++6", "logrotate", "tzdata")
# A container's /sys is a part of the kernel's, without the place for the BPF file system: it is made up for here, before
# anything of the package starts. (/proc/sys stays read-only: what its systemd-sysctl wrote there would be the machine's.)
SYS = """[Unit]
DefaultDependencies=no
Before=local-fs.target wallwatch.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -ec 'mount -o remount,rw /sys; mkdir -p /sys/fs/bpf /sys/module /run/sysfs; mount -t bpf -o mode=0700 bpf /sys/fs/bpf; mount -t sysfs -o ro sysfs /run/sysfs; mount --bind /run/sysfs/module /sys/module; umount -l /run/sysfs; rmdir /run/sysfs; mount -o remount,ro /sys'
"""


class Machine(systemd.Container):
    """A container on a folder that outlives it."""

    ARGUMENTS = [word for word in systemd.Container.ARGUMENTS if not word.startswith("--volatile")] + [
        "--system-call-filter=@privileged @debug @mount bpf perf_event_open"]


class Disk:
    """The root of the container: an overlay over the cached one, gone with the tests."""

    def __init__(self):
        self.folder = None
        base = systemd.rootfs(*NEEDED)
        self.folder = tempfile.mkdtemp(prefix="wwpackage-", dir=os.path.dirname(base))
        for name in ("upper", "work", "root"):
            os.mkdir(os.path.join(self.folder, name))
        self.root = os.path.join(self.folder, "root")
        layers = f"lowerdir={base},upperdir={self.folder}/upper,workdir={self.folder}/work"
        subprocess.run(["mount", "-t", "overlay", "wwpackage", "-o", layers, self.root], check=True)
        os.chmod(self.root, 0o755)
        self.write("/etc/systemd/system/test-sys.service", SYS)
        os.makedirs(f"{self.root}/etc/systemd/system/local-fs.target.wants", exist_ok=True)
        os.symlink("../test-sys.service", f"{self.root}/etc/systemd/system/local-fs.target.wants/test-sys.service")
        systemd.rootfs = lambda *packages: self.root

    def write(self, path, text):
        path = self.root + path
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def close(self):
        subprocess.run(["umount", "-l", self.root], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


class Host:
    """The machine under test, and the daemon on it."""

    def __init__(self):
        self.disk = Disk()
        self.machine = None

    def boot(self):
        self.machine = Machine(3)
        check(self.sh("test -w /proc/sys/kernel/core_pattern", code=None).returncode != 0, "the container could write the machine's sysctls")

    def reboot(self):
        self.sh("systemctl poweroff --no-wall || true", code=None)
        until(lambda: self.machine.process.poll() is not None, 60, "the machine to be off")
        self.machine.close()
        self.machine = None
        self.boot()

    def close(self):
        if self.machine:
            self.machine.close()
        self.disk.close()

    def sh(self, script, code=0, seconds=120):
        return self.machine.run(["sh", "-c", script], code=code, timeout=seconds)

    def install(self, package):
        self.put(package, "/root/package.deb")
        return self.sh("DEBIAN_FRONTEND=noninteractive apt-get -o Dpkg::Use-Pty=0 install -y /root/package.deb 2>&1")

    def put(self, file, path):
        shutil.copy(file, f"/proc/{self.machine.leader}/root{path}")

    def show(self, name):
        return self.sh(f"systemctl show -P {name} wallwatch.service").stdout.strip()

    def pid(self):
        return int(self.show("MainPID"))

    def is_active(self):
        return self.show("ActiveState") == "active"

    def lines(self):
        """The events in the file, in order; a line that is being written is not there yet."""
        try:
            text = self.machine.read(EVENTS)
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in text.split("\n")[:-1]]

    def journal(self):
        text = self.sh("journalctl -q -o cat -u wallwatch.service").stdout
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def wait(self, wanted, what, since=0, seconds=20, source=None):
        """The first event since so many that is wanted."""
        found = []

        def look():
            found[:] = [line for line in (source or self.lines)()[since:] if wanted(line)]
            return found

        try:
            until(look, seconds, what)
        except Failed as failure:
            failure.lines = [json.dumps(line)[:600] for line in (source or self.lines)()[since:]][-6:]
            failure.lines.append(self.sh("journalctl -q -o cat -n 20 -u wallwatch.service | grep -v ^{ || true").stdout)
            raise
        return found[0]


def until(holds, seconds, what):
    deadline = time.monotonic() + seconds
    while not (result := holds()):
        check(time.monotonic() < deadline, f"not within {seconds} s: {what}")
        time.sleep(0.1)
    return result


def action(name):
    return lambda line: line["event"]["action"] == name


def operations(line):
    return line.get("wallwatch", {}).get("change", {}).get("operations", [])


def changes(name, op="add-table"):
    """Whether a line tells that a table or chain of this name was made."""
    return lambda line: any(one.get("op") == op and name in (one.get("table"), one.get("chain")) for one in operations(line))


def check_sequence(lines):
    numbers = [line["event"]["sequence"] for line in lines]
    gaps = [(a, b) for a, b in zip(numbers, numbers[1:]) if b != a + 1]
    check(not gaps, f"event.sequence goes on from {gaps}")
