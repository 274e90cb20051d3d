"""Recordings: one that the daemon makes of a scenario in a namespace of its own, and others that are made of its lines."""
import copy
from datetime import datetime, timedelta
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "Live"))
from harness.netns import Netns  # noqa: E402

CONFIG = '[netns]\nwatch = "host"\n[probes]\npin = false\n[config_files]\nwatch = false\n[detection]\nquiet = "500ms"\n[state]\ninterval = "10s"\n'
RULES = """
table inet filter {
    set blocked { type ipv4_addr; elements = { 192.0.2.1, 192.0.2.7, 198.51.100.9 } }
    chain services {
        tcp dport { 80, 443 } accept
        tcp dport 22 ip saddr 192.0.2.0/24 accept
        udp dport 53 accept
    }
    chain input {
        type filter hook input priority filter; policy drop;
        ct state established,related accept
        ct state invalid drop
        ip saddr @blocked drop
        jump services
        tcp dport 3306 reject
    }
    chain forward {
        type filter hook forward priority filter; policy drop;
        ct state established,related accept
        ip daddr 203.0.113.0/24 drop
    }
}
"""
# A name of each kind that ended, injected or hid something somewhere.
HOSTILE = [
    "</script><script>alert(1)</script>", "<img src=x onerror=alert(2)>", "\"><svg onload=alert(3)>", "javascript:alert(4)", "{{script}}</style><!--",
    "\u2028alert(5)\u2029", "user\u202etxt.exe\u2066", "</title></textarea><iframe srcdoc='<script>alert(6)</script>'>", "${alert(7)}`;alert(8)//", "]]>&lt;b&gt;&#60;",
]


class Recorder:
    """The daemon in a namespace that is the host's for it."""

    def __init__(self, binary, path):
        self.binary, self.path, self.ns = binary, path, Netns()

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="wwreport-")
        config = os.path.join(self.folder.name, "wallwatch.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(CONFIG)
        self.errors = open(os.path.join(self.folder.name, "stderr"), "w+", encoding="utf-8")
        with self.ns.inside(), open(self.path, "wb") as out:
            self.process = subprocess.Popen([self.binary, "run", "--config", config, "--state-dir", self.folder.name + "/state"], stdin=subprocess.DEVNULL, stdout=out, stderr=self.errors)
        self.wait(b'"collector-started"', 60)
        return self

    def wait(self, text, seconds, count=1):
        deadline = time.monotonic() + seconds
        while open(self.path, "rb").read().count(text) < count:
            if time.monotonic() > deadline or self.process.poll() is not None:
                self.errors.seek(0)
                raise RuntimeError(f"no {text!r} came: {self.errors.read()[-800:]}")
            time.sleep(0.05)

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.errors.close()
        self.folder.cleanup()
        self.ns.close()


def scenario(binary, path):
    """A morning at a web server: rules loaded, three ways to weaken them, a refused attempt, and somebody who repairs it."""
    with Recorder(binary, path) as recorder:
        run = recorder.ns.run
        changed = lambda count: recorder.wait(b'"action":"firewall-changed"', 20, count)  # noqa: E731
        run(["nft", "-f", "-"], RULES)
        changed(1)
        time.sleep(1.2)
        run(["nft", "add", "rule", "inet", "filter", "services", "tcp", "dport", "8443", "accept"])
        run(["setpriv", "--reuid=65534", "--clear-groups", "nft", "flush", "ruleset"], code=None)
        time.sleep(1)
        run(["sh", "-c", "nft insert rule inet filter input accept; true"])
        changed(3)
        recorder.wait(b'"firewall-alert"', 20)
        run(["sh", "-c", "nft -a list chain inet filter input | sed -n 's/.*accept # handle \\([0-9]*\\)$/\\1/p' | head -n 1 | xargs -I% nft delete rule inet filter input handle %"])
        changed(4)
        time.sleep(1.5)
        hostile = os.path.join(recorder.folder.name, HOSTILE[1])
        with open(hostile, "w", encoding="utf-8") as script:
            script.write("#!/bin/bash\n(exec -a \"$1\" nft flush ruleset)\ntrue\n")
        os.chmod(hostile, 0o755)
        run([hostile, HOSTILE[0], *HOSTILE])
        changed(5)
        recorder.wait(b'"firewall-alert"', 20, 3)
        time.sleep(1)
        run(["nft", "-f", "-"], RULES + "table inet filter {\n chain note {\n counter comment \"</script><b>x</b>\"\n }\n}\n")
        changed(6)
        run(["nft", "add", "rule", "inet", "filter", "services", "tcp", "dport", "9000", "accept"])
        changed(7)
        os.kill(recorder.process.pid, signal.SIGUSR1)
        time.sleep(1.5)


def lines_of(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def write(path, events):
    with open(path, "w", encoding="utf-8") as file:
        for event in events:
            file.write(json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n")


def hostile(source, path):
    """Every text of a recording is one of the hostile ones, but for what gives a line its meaning."""
    kept = {"@timestamp", "created", "action", "module", "start", "op", "state", "id", "kind", "backend", "source"}
    serial = [0]

    def spoil(value, key=""):
        if isinstance(value, dict):
            return {name: spoil(member, name) for name, member in value.items()}
        if isinstance(value, list):
            return [spoil(member, key) for member in value]
        if isinstance(value, str) and key not in kept:
            serial[0] += 1
            return HOSTILE[serial[0] % len(HOSTILE)]
        return value

    write(path, [spoil(event) for event in lines_of(source)])


def large(source, path, count=20_000):
    """So many changes over ten days, made of a real one: a hundred lose, and one in a thousand is missing."""
    template = next(event for event in lines_of(source) if event["event"]["action"] == "firewall-changed" and event.get("process"))
    start, effective = datetime(2026, 11, 1), 500
    with open(path, "w", encoding="utf-8") as file:
        for number in range(1, count + 1):
            event = copy.copy(template)
            stamp = (start + timedelta(seconds=number * 43)).strftime("%Y-%m-%dT%H:%M:%S.000000000Z")
            after = effective - 5 if number % 200 == 0 else effective + (1 if number % 2 else -1)
            if after < 5:
                after = 500
            counts = {"before": effective, "after": after, "delta": after - effective}
            event["@timestamp"] = stamp
            event["event"] = {**template["event"], "created": stamp, "sequence": number, "id": f"large-{number}"}
            event["process"] = {**template["process"], "pid": 1000 + number, "command_line": f"iptables -w -I f2b-sshd 1 -s 198.51.{number // 250}.{number % 250} -j REJECT", "entity_id": str(number)}
            event["wallwatch"] = {**template["wallwatch"], "change": {**template["wallwatch"]["change"], "rules": counts, "effective_rules": counts, "blocking_rules": {"before": 0, "after": 0, "delta": 0},
                "operations": [{"op": "add-rule" if after > effective else "delete-rule", "family": "ip", "table": "filter", "chain": "f2b-sshd", "count": abs(after - effective), "rule": f"-A f2b-sshd -s 198.51.{number // 250}.{number % 250}/32 -j REJECT"}], "operations_count": 1}}
            effective = after
            if number % 1000 != 500:
                file.write(json.dumps(event, separators=(",", ":")) + "\n")
