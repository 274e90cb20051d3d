"""A container with a real systemd, D-Bus and the services of a firewall, out of Debian's packages."""
import atexit
import glob
import itertools
import os
import shutil
import subprocess
import time

from .outcome import Failed, Skipped

FOLDER = os.environ.get("WALLWATCH_CACHE", "/var/cache/wallwatch-vm")
BASE = "systemd systemd-sysv dbus dbus-bin libpam-systemd"
PACKAGES = "polkitd firewalld nftables ufw fail2ban iptables ipset python3 python3-dbus procps iproute2".split()
MIRROR = "http://deb.debian.org/debian"
# What the tests begin by themselves.
IDLE = ("firewalld", "ufw", "nftables", "fail2ban", "netfilter-persistent", "docker", "containerd")


def install(folder, *packages):
    return ["chroot", folder, "apt-get", "-o", "Dpkg::Use-Pty=0", "install", "-y", "--no-install-recommends", *packages]


def rootfs(*more):
    """The container's files, made once; with more packages in a copy of them."""
    cache = os.path.join(FOLDER, "-".join(("systemd-bookworm", *more)))
    if os.path.isdir(cache):
        return cache
    if not shutil.which("debootstrap"):
        raise Skipped("debootstrap is not installed")
    draft = f"{cache}.{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    os.makedirs(os.path.dirname(cache), exist_ok=True)
    make = ["cp", "-a", rootfs(), draft] if more else ["debootstrap", "--variant=minbase", "--include=" + ",".join(BASE.split()), "bookworm", draft, MIRROR]
    for argv in (make, install(draft, *(more or PACKAGES))):
        # (debootstrap follows no dependency between alternatives: apt does. It takes the name server and the proxy along.)
        done = subprocess.run(argv, capture_output=True, text=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"})
        if done.returncode:
            shutil.rmtree(draft, ignore_errors=True)
            raise Skipped(f"Debian's packages are not to be had: {(done.stdout + done.stderr).strip()[-300:]}")
        shutil.copy("/etc/resolv.conf", f"{draft}/etc/resolv.conf")
        for file in glob.glob("/etc/apt/apt.conf.d/*proxy*"):
            shutil.copy(file, f"{draft}/etc/apt/apt.conf.d/")
    for unit in IDLE:
        for link in glob.glob(f"{draft}/etc/systemd/system/*.wants/{unit}.*"):
            os.unlink(link)
    # A log for fail2ban to follow.
    with open(f"{draft}/var/log/auth.log", "w", encoding="ascii"):
        pass
    with open(f"{draft}/etc/fail2ban/jail.d/zz-test.conf", "w", encoding="ascii") as file:
        file.write("[DEFAULT]\nbackend = polling\nbanaction = iptables-multiport\n[sshd]\nenabled = true\nlogpath = /var/log/auth.log\n")
    os.rename(draft, cache)
    return cache


class Container:
    """Booted; its firewall is its own. Use as a context."""

    SERIAL = itertools.count()
    ARGUMENTS = ["--volatile=overlay", "--register=no", "--keep-unit", "--private-network", "--capability=all", "--console=pipe", "--boot"]

    def __init__(self, patience=1, packages=()):
        if not shutil.which("systemd-nspawn"):
            raise Skipped("systemd-nspawn is not installed")
        argv = ["systemd-nspawn", "-q", "-D", rootfs(*packages), f"--machine=wwtest{os.getpid()}-{next(self.SERIAL)}", *self.ARGUMENTS]
        environment = {**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)
        atexit.register(self.close)
        deadline = time.monotonic() + 60 * patience
        state = ""
        while state not in ("running", "degraded"):
            if self.process.poll() is not None:
                raise Skipped(f"systemd does not boot in a container here: {self.process.stderr.read().strip()[-200:]}")
            if time.monotonic() > deadline:
                self.close()
                raise Failed(f"the container did not come up: {state}")
            time.sleep(0.3)
            state = self.run("systemctl is-system-running", code=None).stdout.strip() if self.leader else ""
        self.netns = str(os.stat(f"/proc/{self.leader}/ns/net").st_ino)

    @property
    def leader(self):
        """The pid of its systemd."""
        try:
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
                return next(iter(file.read().split()), None)
        except OSError:
            return None

    def argv(self, command):
        return ["nsenter", "-t", self.leader, "-a", *(command.split() if isinstance(command, str) else command)]

    def run(self, command, code=0, **options):
        done = subprocess.run(self.argv(command), stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)
        if code is not None and done.returncode != code:
            raise Failed(f"in the container: {command} gave {done.returncode}: {done.stdout[-300:]} {done.stderr[-600:]}")
        return done

    def read(self, path):
        with open(f"/proc/{self.leader}/root{path}", encoding="utf-8") as file:
            return file.read()

    def write(self, path, text, mode=0o644):
        path = f"/proc/{self.leader}/root{path}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)

    def close(self):
        atexit.unregister(self.close)
        if self.process.poll() is None and self.leader:
            subprocess.run(["kill", "-KILL", self.leader], check=False)
        self.process.terminate()
        self.process.communicate()

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.close()
