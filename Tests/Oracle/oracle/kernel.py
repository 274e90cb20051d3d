"""Loads rulesets and reads their counters, with the tools' own code: libnftables in this process, iptables as programs."""
import contextlib
import ctypes
import os
import re
import subprocess

WITH_HANDLES = 1 << 3  # NFT_CTX_OUTPUT_HANDLE
LEGACY = {"ip": "iptables-legacy", "ip6": "ip6tables-legacy"}
XT = {"ip": "iptables-nft", "ip6": "ip6tables-nft"}
BUILT_IN = {
    "filter": ("INPUT", "FORWARD", "OUTPUT"),
    "mangle": ("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"),
    "nat": ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"),
    "raw": ("PREROUTING", "OUTPUT"),
    "security": ("INPUT", "FORWARD", "OUTPUT"),
}


class Refused(Exception):
    """The kernel or the tool did not take it."""

    @property
    def lines(self):
        """The lines of the text that the message speaks of."""
        return {int(line) for line in re.findall(r"(?:^/proc/self/fd/\d+:|line:? )(\d+)", str(self), re.M)}


class NFT:
    def __init__(self):
        self.library = ctypes.CDLL("libnftables.so.1")
        for name in ("nft_ctx_new", "nft_ctx_get_output_buffer", "nft_ctx_get_error_buffer"):
            getattr(self.library, name).restype = ctypes.c_void_p if name == "nft_ctx_new" else ctypes.c_char_p
        self.context = ctypes.c_void_p(self.library.nft_ctx_new(0))
        self.library.nft_ctx_buffer_output(self.context)
        self.library.nft_ctx_buffer_error(self.context)

    def run(self, command, flags=0):
        self.library.nft_ctx_output_set_flags(self.context, flags)
        return self.finish(self.library.nft_run_cmd_from_buffer(self.context, command.encode()))

    def load(self, text):
        """From a file, as errors come with the line then."""
        self.library.nft_ctx_output_set_flags(self.context, 0)
        with open(os.memfd_create("ruleset"), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            self.finish(self.library.nft_run_cmd_from_filename(self.context, f"/proc/self/fd/{file.fileno()}".encode()))

    def finish(self, status):
        out = self.library.nft_ctx_get_output_buffer(self.context).decode()
        error = self.library.nft_ctx_get_error_buffer(self.context).decode()
        if status:
            raise Refused(error)
        return out


class Kernel:
    def __init__(self, world):
        self.world = world
        self.nft = NFT()
        self.legacy_tables = {}  # what of the legacy tables was written to, by family

    def clear(self):
        self.world.check()
        self.nft.run("flush ruleset")
        for family, tables in self.legacy_tables.items():
            self.restore(LEGACY[family], "".join(f"*{table}\n{policies(table)}COMMIT\n" for table in sorted(tables)))
        self.legacy_tables.clear()

    def load(self, kind, text):
        """`kind` is nft, or legacy or xt with a family: `legacy-ip6`."""
        self.world.check()
        kind, _, family = kind.partition("-")
        if kind == "nft":
            # Two transactions, so that the lines of the text keep their numbers.
            self.nft.run("flush ruleset")
            self.nft.load(text)
            return
        if kind == "xt":
            self.nft.run("flush ruleset")
        else:
            self.legacy_tables.setdefault(family, set()).update(re.findall(r"^\*(\w+)", text, re.M))
        self.restore((LEGACY if kind == "legacy" else XT)[family], text)

    def restore(self, tool, text):
        done = subprocess.run([tool + "-restore"], input=text, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Refused(done.stderr)

    def counters(self):
        """{(backend, family, table, chain, rule): (packets, whether it drops)} of every rule with a counter."""
        with quiet():
            listed = self.nft.run("list ruleset", WITH_HANDLES)
        found = nft_counters(listed)
        for family in self.legacy_tables:
            text = subprocess.run([LEGACY[family] + "-save", "-c"], capture_output=True, text=True, check=True).stdout
            found |= legacy_counters(family, text)
        return found


@contextlib.contextmanager
def quiet():
    """libxtables complains on the standard error of targets that it cannot show."""
    kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


def nft_counters(text):
    """From the text: what nft 1.0.6 writes as JSON is not always JSON."""
    found, family, table, chain = {}, "", "", ""
    for line in text.splitlines():
        if head := re.match(r"table (\S+) (\S+) \{", line):
            family, table = head.groups()
        elif head := re.match(r"\t(\w+) (\S+) \{", line):
            chain = head[2] if head[1] == "chain" else ""
        elif chain and (rule := re.match(r"\t\t.*?counter packets (\d+) bytes \d+ ?(.*?) ?# handle (\d+)$", line)):
            drops = re.match(r"(drop|reject)\b|xt target \"?REJECT", rule[2]) is not None
            found["nft", family, table, chain, int(rule[3])] = (int(rule[1]), drops)
    return found


def legacy_counters(family, text):
    found, place, table = {}, {}, ""
    for line in text.splitlines():
        if line.startswith("*"):
            table = line[1:]
        elif rule := re.match(r"\[(\d+):\d+\] -A (\S+)(.*)", line):
            key = table, rule[2]
            place[key] = place.get(key, 0) + 1
            drops = re.search(r"-j (DROP|REJECT)\b", rule[3]) is not None
            found["legacy", family, table, rule[2], place[key]] = (int(rule[1]), drops)
    return found


def policies(table):
    return "".join(f":{chain} ACCEPT [0:0]\n" for chain in BUILT_IN[table])
