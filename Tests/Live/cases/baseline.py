"""The documented state: saved, shown, compared, by people and by the daemon at its start."""
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time

from harness.daemon import Daemon
from harness.netns import Netns
from harness.outcome import case, check, equal

RULES = """
table inet t {
  set s { type ipv4_addr; elements = { 192.0.2.1, 192.0.2.2 }; }
  set recent { type ipv4_addr; flags timeout; timeout 1h; elements = { 192.0.2.9 }; }
  chain input { type filter hook input priority 0; policy drop;
    ct state established,related accept
    tcp dport { 22, 443 } counter accept
    ip saddr @s drop
    jump more
  }
  chain more { udp dport 53 drop; udp dport 123 drop; }
}
"""


class Place:
    def __init__(self, t):
        self.t, self.ns, self.folder = t, Netns(), tempfile.mkdtemp(prefix="wwbase-")
        self.ns.run(["nft", "-f", "-"], input=RULES)

    def wallwatch(self, *words, code=0):
        done = self.ns.run([self.t.binary, "baseline", *words, "--state-dir", self.folder], code=None)
        equal(done.code, code, f"exit code of {' '.join(words)}: {done.out}{done.err}")
        return done

    def diff(self, *words, code=1):
        return json.loads(self.wallwatch("diff", "--json", *words, code=code).out)


@contextlib.contextmanager
def place(t):
    there = Place(t)
    try:
        yield there
    finally:
        there.ns.close()
        shutil.rmtree(there.folder)


def chain(difference, name):
    found = [chain for table in difference["tables"] for chain in table.get("chains", []) if chain["name"] == name]
    check(found, f"no difference in chain {name}: {difference}")
    return found[0]


@case("saved, shown and compared: the same twice is the same file, and no difference")
def same(t):
    with place(t) as there:
        there.wallwatch("diff", code=66)
        there.wallwatch("save")
        path = os.path.join(there.folder, "baseline.json")
        equal(oct(os.stat(path).st_mode & 0o777), "0o600", "mode")
        first = json.load(open(path, encoding="utf-8"))
        equal(first["totals"], {"rules": 6, "effective_rules": 6, "blocking_rules": 3, "elements": 3}, "totals")
        rules = {chain["name"]: chain["rules"] for table in first["tables"] if table["name"] == "t" for chain in table["chains"]}
        equal(rules["input"], ["ct state established,related accept", "tcp dport { 22, 443 } counter accept", "ip saddr @s drop", "jump more"], "rules")
        equal(json.loads(there.wallwatch("show").out), first, "what is shown")
        equal(there.diff(code=0)["differs"], False, "differs")
        # Handles, generations and the numbers of anonymous sets are others after a reload.
        there.ns.run(["nft", "flush", "ruleset"])
        there.ns.run(["nft", "-f", "-"], input=RULES)
        there.ns.run(["nft", "add", "element", "inet", "t", "recent", "{ 192.0.2.8 }"])
        there.wallwatch("diff", code=0)
        there.ns.run(["nft", "delete", "element", "inet", "t", "recent", "{ 192.0.2.8 }"])
        there.wallwatch("save")
        second = json.load(open(path, encoding="utf-8"))
        first.pop("saved_at"), second.pop("saved_at")
        equal(second, first, "the file after a reload")


@case("each way to weaken is a difference, with its effect")
def weakened(t):
    deeds = {
        "rule deleted": (["nft", "flush", "chain", "inet", "t", "more"], lambda d: [rule["rule"] for rule in chain(d, "more")["missing"]] == ["udp dport 53 drop", "udp dport 123 drop"]),
        "rule on top": (["nft", "insert", "rule", "inet", "t", "input", "accept"], lambda d: chain(d, "input")["added"] == [{"position": 1, "rule": "accept"}] and chain(d, "input")["effective_rules"]["delta"] < 0),
        "policy": (["nft", "add chain inet t input { policy accept; }"], lambda d: chain(d, "input")["policy"] == {"before": "drop", "after": "accept"}),
        "dormant": (["nft", "add table inet t { flags dormant; }"], lambda d: d["tables"][0]["dormant"] == {"after": "dormant"} and d["effective_rules"] == {"before": 6, "after": 0, "delta": -6}),
        "set emptied": (["nft", "flush", "set", "inet", "t", "s"], lambda d: d["tables"][0]["sets"] == [{"name": "s", "change": "changed", "elements": {"before": 2, "after": 0, "delta": -2}}]),
        "table gone": (["nft", "delete", "table", "inet", "t"], lambda d: d["tables"][0]["change"] == "missing" and len(chain(d, "input")["missing"]) == 4),
    }
    for what, (argv, holds) in deeds.items():
        with place(t) as there:
            there.wallwatch("save")
            there.ns.run(argv)
            found = there.diff()
            check(holds(found), f"{what}: {found}")
    with place(t) as there:
        there.wallwatch("save")
        handle = [line.split()[-1] for line in there.ns.run(["nft", "-a", "list", "chain", "inet", "t", "input"]).out.splitlines() if "jump more" in line][0]
        there.ns.run(["nft", "-f", "-"], input=f"delete rule inet t input handle {handle}; insert rule inet t input jump more")
        equal([move["rule"] for move in chain(there.diff(), "input")["moved"]], ["jump more"], "moved")
        lines = there.wallwatch("diff", code=1).out
        check("~ jump more  (4 → 1)" in lines and "\x1b" not in lines, lines)
        check("\x1b[" in there.wallwatch("diff", "--color", "always", code=1).out, "no colours")


@case("legacy tables and ipsets are part of it")
def legacy(t):
    with place(t) as there:
        for argv in (["iptables-legacy", "-P", "INPUT", "DROP"], ["iptables-legacy", "-A", "INPUT", "-p", "tcp", "--dport", "22", "-j", "ACCEPT"], ["ipset", "create", "x", "hash:ip"], ["ipset", "add", "x", "192.0.2.1"]):
            there.ns.run(argv)
        there.wallwatch("save")
        there.wallwatch("diff", code=0)
        for argv in (["iptables-legacy", "-F"], ["iptables-legacy", "-P", "INPUT", "ACCEPT"], ["ipset", "flush", "x"]):
            there.ns.run(argv)
        found = there.diff()
        equal([rule["rule"] for rule in chain(found, "INPUT")["missing"]], ["-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT"], "missing")
        equal(chain(found, "INPUT")["policy"], {"before": "drop", "after": "accept"}, "policy")
        equal(found["ipsets"], [{"name": "x", "change": "changed", "elements": {"before": 1, "after": 0, "delta": -1}}], "ipsets")


@case("another namespace by path, two files, and what is refused")
def refused(t):
    with place(t) as there:
        path = os.path.join(there.folder, "baseline.json")
        holder = subprocess.Popen(["sleep", "60"])  # only to have something in the machine's own namespace
        try:
            with there.ns.inside():
                inner = subprocess.Popen(["sleep", "60"])
            done = subprocess.run([t.binary, "baseline", "save", "--netns", f"/proc/{inner.pid}/ns/net", "--state-dir", there.folder], capture_output=True, text=True, check=False)
            equal(done.returncode, 0, done.stderr)
            equal(json.load(open(path, encoding="utf-8"))["totals"]["rules"], 6, "rules")
            inner.kill()
            inner.wait()
        finally:
            holder.kill()
            holder.wait()
        other = os.path.join(there.folder, "other.json")
        shutil.copy(path, other)
        os.chmod(other, 0o600)
        there.wallwatch("diff", path, other, code=0)
        os.chmod(other, 0o666)
        check("others than root" in there.wallwatch("diff", path, other, code=65).err, "not said why")
        os.chmod(other, 0o600)
        with open(other, "w", encoding="utf-8") as file:
            file.write("{}")
        there.wallwatch("diff", other, code=65)
        there.wallwatch("save", "--netns", "nowhere", code=71)
        done = subprocess.run(["setpriv", "--reuid", "65534", "--clear-groups", t.binary, "baseline", "save", "--output", "-"], capture_output=True, text=True, check=False)
        equal(done.returncode, 77, done.stderr)


def state(own, mark):
    return own.wait(lambda line: line.action == "firewall-state" and line.get("wallwatch.state.netns.is_host"), mark, 10 * own.patience, "firewall-state of the host's namespace")


@case("the daemon compares at its start, and keeps the most effective rules it saw")
def daemon(t):
    own = Daemon(t.binary, t.tier, t.patience)
    try:
        own.host.run(["nft", "-f", "-"], input=RULES)
        started = own.start()
        equal(started.get("wallwatch.collector.baseline"), "none", "baseline", [started])
        check(state(own, 0).get("wallwatch.state.baseline") is None, "a baseline where none is")
        own.host.run(["nft", "add", "rule", "inet", "t", "more", "udp dport 161 drop"])
        own.fence(own.host)
        own.stop()
        own.host.run([t.binary, "baseline", "save", "--state-dir", own.state])
        mark = own.mark()
        started = own.start()
        equal(started.get("wallwatch.collector.baseline"), "the same", "baseline", [started])
        own.host.run(["nft", "flush", "chain", "inet", "t", "more"])
        own.settle(own.host)
        own.kill()
        mark = own.mark()
        started = own.start()
        equal(started.get("wallwatch.collector.baseline"), "differs", "baseline", [started])
        found = state(own, mark)
        report = found.get("wallwatch.state.baseline")
        equal((report["missing"], report["added"], report["moved"]), (3, 0, 0), "rules", [found])
        # The jump to the empty chain stays effective; it matches.
        equal(report["effective_rules"], {"before": 7, "after": 4, "delta": -3}, "effective_rules", [found])
        equal(found.get("wallwatch.state.high_water.effective_rules"), 7, "high_water", [found])
        own.stop()
        time.sleep(0.1)
        own.host.run([t.binary, "baseline", "save", "--state-dir", own.state])
        mark = own.mark()
        own.start()
        equal(state(own, mark).get("wallwatch.state.high_water.effective_rules"), 4, "high_water after another state was documented")
        own.stop()
        os.chmod(os.path.join(own.state, "baseline.json"), 0o602)
        started = own.start()
        check(started.get("wallwatch.collector.baseline").startswith("refused: others than root"), "not refused", [started])
    finally:
        own.close()
