"""Other tools that tell of executions or of changes. They are Debian's packages, unpacked into a cache and not installed: no service of
theirs is started, nothing of the machine's configuration is touched."""
import glob
import os
import re
import shutil
import signal
import subprocess
import time

import measure
from tools import NftMonitor, Tool, Unavailable, Wallwatch, WallwatchProcess, glob_one

CACHE = os.environ.get("WALLWATCH_BENCH_CACHE", "/var/cache/wallwatch-bench")


def unpacked(*packages):
    """The folder with these packages' files, fetched by apt-get download if they are not there."""
    folder = os.path.join(CACHE, packages[0])
    if not os.path.isdir(folder):
        debs = os.path.join(CACHE, "debs")
        os.makedirs(debs, exist_ok=True)
        os.chmod(debs, 0o777)  # apt fetches as its own user
        for package in packages:
            if not glob_one(f"{debs}/{package}_*.deb"):
                done = subprocess.run(["apt-get", "-q", "download", package], cwd=debs, capture_output=True, text=True, check=False)
                if done.returncode:
                    raise Unavailable(f"apt-get download {package}: {(done.stderr.strip().splitlines() or ['failed'])[-1]}")
            subprocess.run(["dpkg-deb", "-x", glob_one(f"{debs}/{package}_*.deb"), folder + ".part"], check=True)
        os.rename(folder + ".part", folder)
    return folder


def gather(folder):
    """Unpacks all of them into FOLDER, with the libraries that this machine gives them: for a machine without a package manager."""
    global CACHE
    CACHE = folder
    os.makedirs(f"{folder}/lib", exist_ok=True)
    for packages in PACKAGE_SETS:
        try:
            home = unpacked(*packages)
        except Unavailable as reason:
            print(f"bench: not taken along: {packages[0]}: {reason}")
            continue
        for path in (program for program in glob.glob(f"{home}/**/*", recursive=True) if os.path.isfile(program) and os.access(program, os.X_OK)):
            listed = subprocess.run(["ldd", path], capture_output=True, text=True, env=environment(home), check=False).stdout
            for library in re.findall(r"=> (/\S+)", listed):
                if not library.startswith(folder) and not os.path.exists(f"{folder}/lib/{os.path.basename(library)}"):
                    shutil.copy(library, f"{folder}/lib/")
    for deb in glob.glob(f"{folder}/debs/*.deb"):
        os.truncate(deb, 0)  # of them only the names are read, for the versions
    return 0


def environment(*homes):
    """Where they find their libraries: their own first, then what was gathered; this machine's in any case."""
    places = [f"{home}/{place}" for home in homes for place in ("lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu", "usr/lib/llvm-14/lib")]
    return {**os.environ, "LD_LIBRARY_PATH": ":".join([*places, f"{CACHE}/lib"])}


def version(package):
    deb = glob_one(f"{CACHE}/debs/{package}_*.deb")
    return os.path.basename(deb).split("_")[1].replace("%3a", ":") if deb else None


class Auditd(Tool):
    """With a rule on execve and execveat, as operators have it. Auditing is the machine's: its state is put back, whatever comes."""

    name, threads = "auditd", ("kauditd",)
    rules = ("-a", "always,exit", "-F", "arch=b64", "-S", "execve,execveat", "-k", "bench")
    dispatcher = None

    def control(self, *words):
        done = subprocess.run([f"{self.home}/sbin/auditctl", *words], capture_output=True, text=True, env=self.environment, check=False)
        if done.returncode:
            raise Unavailable(f"auditctl {' '.join(words)}: {(done.stderr + done.stdout).strip()[-200:]}")
        return done.stdout

    def state(self):
        return dict(re.findall(r"^(\w+) (\S+)$", self.control("-s"), re.M))

    def start(self):
        self.home = unpacked(*AUDITD)
        self.environment = environment(self.home)
        self.before = self.state()
        if self.before.get("pid", "0") != "0" or self.before.get("enabled") == "2":
            raise Unavailable("another audit daemon runs here, or auditing is locked")
        if "No rules" not in self.control("-l"):
            raise Unavailable("this machine has audit rules of its own")
        self.log = self.output = os.path.join(self.folder, "audit.log")
        self.write_configuration()
        self.altered = True
        self.control("-e", "1")
        self.control("-b", "8192")
        stdout, self.output = self.output, os.path.join(self.folder, "stdout")
        self.launch([f"{self.home}/sbin/auditd", "-n", "-c", self.folder], env=self.environment)
        self.output = stdout
        self.wait_for(lambda: self.state().get("pid") == str(self.process.pid), 20, "it did not take over")
        if self.rules:
            self.control(*self.rules)

    def write_configuration(self):
        settings = {
            "local_events": "yes", "log_file": self.log, "write_logs": "yes" if not self.dispatcher else "no", "log_format": "RAW", "log_group": "root",
            "flush": "INCREMENTAL_ASYNC", "freq": 50, "max_log_file": 1000, "num_logs": 2, "max_log_file_action": "IGNORE", "priority_boost": 4,
            "name_format": "NONE", "space_left": 75, "space_left_action": "IGNORE", "admin_space_left": 50, "admin_space_left_action": "IGNORE",
            "disk_full_action": "IGNORE", "disk_error_action": "IGNORE", "q_depth": 2000, "overflow_action": "SYSLOG", "max_restarts": 10,
            "plugin_dir": f"{self.folder}/plugins.d"}
        os.mkdir(f"{self.folder}/plugins.d", 0o750)
        with open(f"{self.folder}/auditd.conf", "w", encoding="ascii") as file:
            file.writelines(f"{key} = {value}\n" for key, value in settings.items())

    def stop(self):
        super().stop()
        if getattr(self, "altered", False):
            self.altered = False
            self.lost = int(self.state().get("lost", 0)) - int(self.before.get("lost", 0))
            for words in (["-D"], ["-e", self.before.get("enabled", "0")], ["-b", self.before.get("backlog_limit", "64")]):
                subprocess.run([f"{self.home}/sbin/auditctl", *words], capture_output=True, env=self.environment, check=False)

    def text(self):
        return super().text() if os.path.exists(self.output) else ""

    def losses(self):
        lost = self.lost if hasattr(self, "lost") else int(self.state().get("lost", 0)) - int(self.before.get("lost", 0))
        return {"lost": lost} if lost else {}

    def execs_seen(self, program):
        return self.text().count(f'a0="{program}"') if self.rules else None

    def changes_seen(self, program):
        """One record a table and commit; those of other programs are not counted, the chain that is made beforehand is."""
        return len(re.findall(rf'^type=NETFILTER_CFG .*op=(?:nft_register_rule|xt_replace|nft_register_chain) .*comm="{program}"', self.text(), re.M))


class AuditdFirewall(Auditd):
    """NETFILTER_CFG needs no rule."""

    name, rules = "auditd NETFILTER_CFG", ()


class Laurel(Auditd):
    """laurel as auditd's plugin, by its default configuration, as the user root; auditd itself writes nothing."""

    name, dispatcher = "laurel", True

    def write_configuration(self):
        super().write_configuration()
        program = f"{unpacked('laurel')}/usr/sbin/laurel"
        with open(f"{self.folder}/laurel.toml", "w", encoding="ascii") as file:
            file.write(f'directory = "{self.folder}/laurel"\nuser = "root"\nstatusreport-period = 0\n'
                       '[auditlog]\nfile = "audit.log"\nsize = 1000000000\ngenerations = 1\n'
                       '[transform]\nexecve-argv = ["array"]\n[translate]\nuniversal = true\nuser-db = true\n')
        plugin = f"{self.folder}/plugins.d/laurel.conf"
        with open(plugin, "w", encoding="ascii") as file:
            file.write(f"active = yes\ndirection = out\npath = {program}\ntype = always\nargs = --config {self.folder}/laurel.toml\nformat = string\n")
        os.chmod(plugin, 0o640)
        os.chmod(f"{self.folder}/laurel.toml", 0o600)

    def start(self):
        super().start()
        self.output = f"{self.folder}/laurel/audit.log"
        time.sleep(0.5 * self.bench.patience)
        if len(measure.tree(self.process.pid)) < 2:
            raise Unavailable("laurel did not start as auditd's plugin")

    def execs_seen(self, program):
        return len(re.findall(rf'"EXECVE":{{[^}}]*"ARGV":\["{re.escape(program)}"', self.text()))


class Listener(Tool):
    """One that is started, says nothing of when it listens, and writes a line an execution."""

    packages, program, words = (), "", ()

    def start(self):
        home = unpacked(*self.packages)
        self.launch([f"{home}/{self.program}", *self.words], env=environment(home))
        self.linger()

    def execs_seen(self, program):
        wanted = f"{program} one"  # with its argument: the storm itself has the program's name in its own
        return sum(1 for line in self.text().splitlines() if wanted in line)


class Extrace(Listener):
    name, packages, program = "extrace", ("extrace",), "usr/bin/extrace"


class Forkstat(Listener):
    name, packages, program, words = "forkstat", ("forkstat",), "usr/bin/forkstat", ("-l", "-e", "exec,fork,exit")

    def execs_seen(self, program):
        return sum(1 for line in self.text().splitlines() if " exec " in line and program in line)


class Traced(Listener):
    """One that needs the kernel's tracing; it is slow to begin, and writes what it has when it is interrupted."""

    ending = signal.SIGINT

    def start(self):
        if not os.path.exists("/sys/kernel/tracing/events"):
            raise Unavailable("this kernel has no tracefs, which it needs (it is measured in a virtual machine: --vm)")
        super().start()
        time.sleep(5 * self.bench.patience)  # what it says first waits in its buffer, if it goes to a file
        self.linger()


class Execsnoop(Traced):
    """That of libbpf-tools. It knows the program by its first argument, which it often has not."""

    name, packages, program = "execsnoop", ("libbpf-tools", "libbpf1", "libelf1"), "usr/sbin/execsnoop"

    def execs_seen(self, program):
        return sum(1 for line in self.text().splitlines() if line.startswith("nothing "))


class Bpftrace(Traced):
    """Prints the arguments of each execve, as its own example execsnoop.bt does."""

    name, packages, program = "bpftrace", ("bpftrace", "libbpfcc", "libbpf1", "libclang1-14", "libclang-cpp14", "libllvm14", "libelf1"), "usr/bin/bpftrace"
    words = ("-B", "line", "-e", 'BEGIN { printf("begun\\n"); } tracepoint:syscalls:sys_enter_execve { printf("%d ", pid); join(args->argv); }')


AUDITD = ("auditd", "libauparse0", "libwrap0", "libcap-ng0")
EXEC_TOOLS = {tool.name: tool for tool in (Wallwatch, WallwatchProcess, Auditd, Laurel, Extrace, Forkstat, Execsnoop, Bpftrace)}
CHANGE_TOOLS = {tool.name: tool for tool in (Wallwatch, NftMonitor, AuditdFirewall)}
PACKAGE_SETS = (AUDITD, ("laurel",), Extrace.packages, Forkstat.packages, Execsnoop.packages, Bpftrace.packages)
PACKAGES = tuple(packages[0] for packages in PACKAGE_SETS)
