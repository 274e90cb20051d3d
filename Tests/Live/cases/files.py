"""The files that decide the firewall after the next boot: who changed which, and how.

Daemon and deeds see an /etc of the test's own, in a mount namespace of theirs; the machine's is never touched."""
import contextlib
import hashlib
import os
import platform
import re
import shutil
import subprocess
import time

from harness.daemon import Daemon
from harness.outcome import case, check, equal
from harness.process import check_process

RELEASE = tuple(int(number) for number in re.findall(r"\d+", platform.release())[:2])
RULES = "*filter\n:ufw-user-input - [0:0]\n-A ufw-user-input -p tcp --dport 22 -j ACCEPT\n-A ufw-user-input -j DROP\nCOMMIT\n"
SKELETON = {
    "ufw/user.rules": RULES, "ufw/ufw.conf": "ENABLED=yes\nLOGLEVEL=low\n", "ufw/sysctl.conf": "net/ipv4/tcp_sack=1\n",
    "default/ufw": 'DEFAULT_INPUT_POLICY="DROP"\n', "nftables.conf": "flush ruleset\n", "systemd/system/multi-user.target.wants/.keep": "",
    "sysctl.d/99.conf": "vm.swappiness = 1\n", "modprobe.d/a.conf": "", "iptables/rules.v4": "*filter\nCOMMIT\n",
}
ENTER = 'mount --bind "$1/etc" /etc && shift && exec "$@"'


class World:
    def __init__(self, own):
        self.own, self.etc = own, os.path.join(own.folder, "etc")
        for name in ("passwd", "group", "ld.so.cache", "machine-id", "nsswitch.conf"):
            os.makedirs(self.etc, exist_ok=True)
            if os.path.exists(f"/etc/{name}"):
                shutil.copy(f"/etc/{name}", self.etc)
        for name, text in SKELETON.items():
            self.write(name, text)
        self.before = ["unshare", "-m", "sh", "-c", ENTER, "sh", own.folder]

    def write(self, name, text):
        path = os.path.join(self.etc, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def start(self):
        return self.own.start(before=self.before)

    @property
    def names_authors(self):
        started = [line for line in self.own.lines if line.action == "collector-started"][-1]
        anonymous = started.get("wallwatch.collector.config_files.folders_anonymous", 0)
        # Which file systems have handles is the kernel's affair: the root of a virtual machine is a tmpfs.
        check(not anonymous or RELEASE < (5, 13), f"{anonymous} folders in which nobody is named", [started])
        return not anonymous

    def do(self, *argv, user=None):
        """Runs a program that sees the same /etc; returns its process, ended."""
        enter = ["nsenter", f"--mount=/proc/{self.own.process.pid}/ns/mnt", "--"]
        process = subprocess.Popen([*enter, *argv], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        out, _ = process.communicate(timeout=20)
        check(process.returncode == 0, f"{argv} ended with {process.returncode}: {out}")
        return process

    def told(self, mark, path, operation, seconds=6):
        line = self.own.wait(
            lambda line: line.action == "firewall-config-changed" and line.get("file.path") == path and line.get("wallwatch.config_file.operation") == operation,
            mark, seconds * self.own.patience, f"{operation} {path}")
        equal(line.get("event.category"), ["configuration", "file"], "event.category", [line])
        return line

    def by(self, line, process, executable):
        """The author is the process, where the kernel says so; otherwise nobody is named."""
        equal(line.get("wallwatch.config_file.attributed"), self.names_authors, "attributed", [line])
        if self.names_authors:
            equal(line.get("process.pid"), process.pid, "process.pid", [line])
            equal(os.path.realpath(line.get("process.executable")), os.path.realpath(executable), "process.executable", [line])
        else:
            check(line.get("process") is None, "a process is named", [line])

    def quiet(self, mark):
        """No file's line came of what was done since: another, done after it, has its line."""
        self.count = getattr(self, "count", 0) + 1
        name = f"/etc/ufw/fence{self.count}"
        self.do("touch", name)
        self.told(mark, name, "created")
        return [line for line in self.own.lines[mark:] if line.action == "firewall-config-changed" and not line.get("file.path").startswith("/etc/ufw/fence")]


@contextlib.contextmanager
def world(t, settings=""):
    own = Daemon(t.binary, t.tier, t.patience)
    own.configure('[netns]\nwatch = "host"\n' + settings)
    try:
        there = World(own)
        there.start()
        yield there
    finally:
        own.close()


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


@case("sed -i on ufw's rules: written, by sed, with the lines that changed and both hashes")
def edited(t):
    with world(t) as there:
        mark = there.own.mark()
        done = there.do("sed", "-i", "/DROP/d", "/etc/ufw/user.rules")
        line = there.told(mark, "/etc/ufw/user.rules", "written")
        there.by(line, done, shutil.which("sed"))
        after = RULES.replace("-A ufw-user-input -j DROP\n", "")
        equal(line.get("wallwatch.config_file.kind"), "ufw", "kind", [line])
        equal(line.get("wallwatch.config_file.before.sha256"), digest(RULES), "before.sha256", [line])
        equal(line.get("wallwatch.config_file.after.sha256"), digest(after), "after.sha256", [line])
        equal(line.get("file.hash.sha256"), digest(after), "file.hash.sha256", [line])
        equal(line.get("file.size"), len(after), "file.size", [line])
        equal(line.get("wallwatch.config_file.diff"), ["@@ -2,4 +2,3 @@", " :ufw-user-input - [0:0]", " -A ufw-user-input -p tcp --dport 22 -j ACCEPT", "--A ufw-user-input -j DROP", " COMMIT"], "diff", [line])
        equal(len(there.quiet(mark)), 1, "how many lines one edit gives", there.own.lines[mark:])


@case("a file written with what it held, or touched, is no change")
def rewritten(t):
    with world(t) as there:
        mark = there.own.mark()
        there.do("sh", "-c", "cat /etc/ufw/user.rules > /tmp/wwcopy.$$ && cat /tmp/wwcopy.$$ > /etc/ufw/user.rules; rm /tmp/wwcopy.$$")
        there.do("touch", "/etc/ufw/user.rules", "/etc/default/ufw")
        there.do("sh", "-c", "echo x > /etc/ufw/draft && rm /etc/ufw/draft")
        equal(there.quiet(mark), [], "lines", there.own.lines[mark:])


OWN = '[services]\nwatch = [{ name = "my-fw", units = ["my-fw.service"], programs = ["/opt/my/fw"] }]\n'


@case("the unit of a service that the operator names is watched: its file, a drop-in, the link that starts it")
def own_service(t):
    with world(t, OWN) as there:
        mark = there.own.mark()
        there.do("sh", "-c", "echo '[Service]' > /etc/systemd/system/other.service")
        for path, words in (
                ("/etc/systemd/system/my-fw.service", "echo '[Service]' > {}"), ("/etc/systemd/system/my-fw.service.d/a.conf", "mkdir -p /etc/systemd/system/my-fw.service.d; echo '[Service]' > {}"),
                ("/etc/systemd/system/multi-user.target.wants/my-fw.service", "ln -s ../my-fw.service {}")):
            there.do("sh", "-c", words.format(path))
            line = there.told(mark, path, "created")
            equal(line.get("wallwatch.config_file.kind"), "unit", "kind", [line])
        equal(len(there.quiet(mark)), 3, "lines", there.own.lines[mark:])


@case("moved, removed, made, opened to others, given away")
def handled(t):
    with world(t) as there:
        mark = there.own.mark()
        done = there.do("mv", "/etc/ufw/user.rules", "/etc/ufw/user.rules.off")
        line = there.told(mark, "/etc/ufw/user.rules.off", "moved")
        there.by(line, done, shutil.which("mv"))
        equal(line.get("wallwatch.config_file.moved_from"), "/etc/ufw/user.rules", "moved_from", [line])
        done = there.do("rm", "/etc/default/ufw")
        line = there.told(mark, "/etc/default/ufw", "removed")
        there.by(line, done, shutil.which("rm"))
        equal(line.get("event.type"), ["change", "deletion"], "event.type", [line])
        done = there.do("chmod", "666", "/etc/iptables/rules.v4")
        line = there.told(mark, "/etc/iptables/rules.v4", "permissions")
        there.by(line, done, shutil.which("chmod"))
        equal((line.get("wallwatch.config_file.before.mode"), line.get("file.mode")), ("0644", "0666"), "mode", [line])
        done = there.do("chown", "65534", "/etc/nftables.conf")
        line = there.told(mark, "/etc/nftables.conf", "permissions")
        equal((line.get("wallwatch.config_file.before.uid"), line.get("file.uid")), ("0", "65534"), "uid", [line])
        done = there.do("cp", "/etc/ufw/ufw.conf", "/etc/default/ufw")
        line = there.told(mark, "/etc/default/ufw", "created")
        there.by(line, done, shutil.which("cp"))


@case("a masked unit, a drop-in, and a unit that starts no more at boot")
def units(t):
    with world(t) as there:
        mark = there.own.mark()
        done = there.do("ln", "-s", "/dev/null", "/etc/systemd/system/nftables.service")
        line = there.told(mark, "/etc/systemd/system/nftables.service", "created")
        there.by(line, done, shutil.which("ln"))
        equal((line.get("wallwatch.config_file.kind"), line.get("file.type"), line.get("file.target_path")), ("unit", "symlink", "/dev/null"), "what it is", [line])
        there.do("ln", "-s", "/usr/lib/systemd/system/ufw.service", "/etc/systemd/system/multi-user.target.wants/ufw.service")
        there.told(mark, "/etc/systemd/system/multi-user.target.wants/ufw.service", "created")
        there.do("rm", "/etc/systemd/system/multi-user.target.wants/ufw.service")
        there.told(mark, "/etc/systemd/system/multi-user.target.wants/ufw.service", "removed")
        done = there.do("sh", "-c", "mkdir /etc/systemd/system/firewalld.service.d && echo '[Service]' > /etc/systemd/system/firewalld.service.d/a.conf")
        line = there.told(mark, "/etc/systemd/system/firewalld.service.d/a.conf", "created")
        # Written before the folder could be watched, or after: then it is told who made the folder, and nobody is accused.
        if line.get("wallwatch.config_file.attributed"):
            there.by(line, done, "/bin/sh")
        elif there.names_authors:
            check(any(os.path.realpath(other["executable"]) == os.path.realpath(shutil.which("mkdir")) for other in line.get("wallwatch.config_file.others", [])), "who made the folder is not told", [line])
        done = there.do("sh", "-c", "echo '[Unit]' > /etc/systemd/system/firewalld.service.d/b.conf")
        there.by(there.told(mark, "/etc/systemd/system/firewalld.service.d/b.conf", "created"), done, "/bin/sh")


@case("folders that come later are watched, and what goes with one is told")
def folders(t):
    with world(t) as there:
        mark = there.own.mark()
        zone = "/etc/firewalld/zones/public.xml"
        there.do("sh", "-c", f"mkdir -p /etc/firewalld/zones && echo '<zone/>' > {zone}")
        there.told(mark, zone, "created")
        mark = there.own.mark()
        done = there.do("sh", "-c", f"echo '<zone target=\"ACCEPT\"/>' > {zone}")
        there.by(there.told(mark, zone, "written"), done, "/bin/sh")
        mark = there.own.mark()
        done = there.do("mv", "/etc/ufw", "/etc/elsewhere")
        for name in ("user.rules", "ufw.conf", "sysctl.conf"):
            there.by(there.told(mark, f"/etc/ufw/{name}", "removed"), done, shutil.which("mv"))
        there.do("mv", "/etc/elsewhere", "/etc/ufw")
        there.told(mark, "/etc/ufw/user.rules", "created")
        mark = there.own.mark()
        there.do("sh", "-c", "echo >> /etc/ufw/user.rules")
        there.told(mark, "/etc/ufw/user.rules", "written")


@case("what a script of nft includes is watched as well")
def includes(t):
    with world(t) as there:
        mark = there.own.mark()
        there.do("sh", "-c", "mkdir /etc/more && echo 'add table inet a' > /etc/more/a.nft && echo 'include \"/etc/more/*.nft\"' >> /etc/nftables.conf")
        there.told(mark, "/etc/nftables.conf", "written")
        there.quiet(mark)
        mark = there.own.mark()
        done = there.do("sh", "-c", "echo 'add table inet b' >> /etc/more/a.nft")
        line = there.told(mark, "/etc/more/a.nft", "written")
        there.by(line, done, "/bin/sh")
        equal(line.get("wallwatch.config_file.kind"), "nftables", "kind", [line])


@case("written by another name: a hard link, a symbolic link's target, a mapping of memory")
def detours(t):
    with world(t) as there:
        mark = there.own.mark()
        done = there.do("sh", "-c", "ln /etc/ufw/user.rules /etc/alias && echo '# 1' >> /etc/alias && rm /etc/alias")
        there.by(there.told(mark, "/etc/ufw/user.rules", "written"), done, "/bin/sh")
        there.do("sh", "-c", "mkdir /etc/away && mv /etc/nftables.conf /etc/away/real && ln -s away/real /etc/nftables.conf")
        there.told(mark, "/etc/nftables.conf", "written")
        mark = there.own.mark()
        done = there.do("sh", "-c", "echo '# 2' >> /etc/away/real")
        line = there.told(mark, "/etc/nftables.conf", "written")
        there.by(line, done, "/bin/sh")
        mark = there.own.mark()
        code = "import mmap; f = open('/etc/ufw/ufw.conf', 'r+b'); m = mmap.mmap(f.fileno(), 0); m[8:11] = b'no '; m.flush()"
        done = there.do("/usr/bin/python3", "-c", code)
        line = there.told(mark, "/etc/ufw/ufw.conf", "written")
        there.by(line, done, "/usr/bin/python3")


@case("a mount that covers a file: told at once, put down to nobody")
def covered(t):
    with world(t) as there:
        mark = there.own.mark()
        there.do("sh", "-c", "echo '# nothing' > /etc/weak && mount --bind /etc/weak /etc/nftables.conf")
        line = there.told(mark, "/etc/nftables.conf", "written")
        equal(line.get("wallwatch.config_file.attributed"), False, "attributed", [line])
        there.do("umount", "/etc/nftables.conf")
        line = there.own.wait(lambda line: line.get("file.path") == "/etc/nftables.conf" and line.get("wallwatch.config_file.after.sha256") == digest(SKELETON["nftables.conf"]), mark, 6 * t.patience, "the file as it was")
        there.do("mount", "-t", "tmpfs", "none", "/etc/ufw")
        there.told(mark, "/etc/ufw/user.rules", "removed")


@case("of shared files only what switches filtering: sysctl, modules")
def switches(t):
    with world(t) as there:
        mark = there.own.mark()
        there.do("sh", "-c", "echo vm.swappiness = 2 > /etc/sysctl.d/99.conf; echo options kvm nested=1 > /etc/modprobe.d/a.conf")
        equal(there.quiet(mark), [], "lines", there.own.lines[mark:])
        there.do("sh", "-c", "echo net.bridge.bridge-nf-call-iptables = 0 >> /etc/sysctl.d/99.conf; echo blacklist nf_tables >> /etc/modprobe.d/a.conf")
        equal(there.told(mark, "/etc/sysctl.d/99.conf", "written").get("wallwatch.config_file.kind"), "sysctl", "kind")
        equal(there.told(mark, "/etc/modprobe.d/a.conf", "written").get("wallwatch.config_file.kind"), "modules", "kind")


@case("edited while no daemon ran: told at the start, with what it was before")
def while_down(t):
    with world(t) as there:
        there.own.stop()
        there.write("ufw/ufw.conf", "ENABLED=no\nLOGLEVEL=low\n")
        mark = there.own.mark()
        there.start()
        line = there.told(mark, "/etc/ufw/ufw.conf", "written")
        equal((line.get("wallwatch.config_file.source"), line.get("wallwatch.config_file.attributed")), ("start", False), "how it was noticed", [line])
        equal(line.get("wallwatch.config_file.diff"), ["@@ -1,2 +1,2 @@", "-ENABLED=yes", "+ENABLED=no", " LOGLEVEL=low"], "diff", [line])
        mark = there.own.mark()
        there.own.stop()
        there.start()
        equal([line for line in there.own.lines[mark:] if line.action == "firewall-config-changed"], [], "told again", there.own.lines[mark:])


@case("files that the configuration names, without their lines if it says so; and none at all")
def settings(t):
    with world(t, '[config_files]\npaths = ["/etc/own/**"]\ndiff = false\n') as there:
        mark = there.own.mark()
        there.do("sh", "-c", "mkdir -p /etc/own/deep && echo secret > /etc/own/deep/rules && echo more >> /etc/ufw/user.rules")
        line = there.told(mark, "/etc/own/deep/rules", "created")
        equal((line.get("wallwatch.config_file.kind"), line.get("wallwatch.config_file.diff")), ("other", None), "kind, diff", [line])
        there.told(mark, "/etc/ufw/user.rules", "written")
    with world(t, "[config_files]\nwatch = false\n") as there:
        mark = there.own.mark()
        there.do("sh", "-c", "echo more >> /etc/ufw/user.rules")
        time.sleep(1.5 * there.own.patience)
        there.own.fence(there.own.host)
        equal([line for line in there.own.lines[mark:] if line.action == "firewall-config-changed"], [], "lines", there.own.lines[mark:])


@case("a file of 3 MB, a binary one, one whose name is no text, a thousand at once")
def odd(t):
    with world(t) as there:
        mark = there.own.mark()
        there.do("sh", "-c", "head -c 3000000 /dev/zero > /etc/nftables/zero 2>/dev/null || { mkdir /etc/nftables; head -c 3000000 /dev/zero > /etc/nftables/zero; }")
        there.told(mark, "/etc/nftables/zero", "created")
        # A slow machine is seen at it.
        whole = hashlib.sha256(bytes(3000000)).hexdigest()
        line = there.own.wait(lambda line: line.get("file.path") == "/etc/nftables/zero" and line.get("file.hash.sha256") == whole, mark, 6 * t.patience, "the whole file")
        check(line.get("wallwatch.config_file.diff") is None, "a diff of what is no text", [line])
        there.do("/usr/bin/python3", "-c", "open(b'/etc/nftables/\\xff\\xfe', 'w').write('x')")
        there.told(mark, "/etc/nftables/\\xff\\xfe", "created")
        there.do("/usr/bin/python3", "-c", "for i in range(1000): open(f'/etc/ufw/many{i}', 'w').write(str(i))")
        for number in (0, 500, 999):
            there.told(mark, f"/etc/ufw/many{number}", "created", seconds=10)
        equal(len({line.get("file.path") for line in there.own.lines[mark:] if (line.get("file.path") or "").startswith("/etc/ufw/many")}), 1000, "files told")
