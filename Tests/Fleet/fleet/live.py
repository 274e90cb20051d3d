"""Lines of a daemon that runs now."""
from collections import Counter
import json
import os
import shutil
import subprocess
import time

from .lines import action, get, spelled


FIREWALL = """
table inet filter {
    chain input {
        type filter hook input priority 0; policy drop;
        iif lo accept
        ct state established accept
        tcp dport 22 accept
        tcp dport 23 drop
        udp dport 53 accept
        tcp dport 8080 drop
    }
}
"""


def own(raw_lines, processes=40):
    """Of a recording what happened in the daemon's own namespace, in the scenario's container, and what is of no namespace."""
    lines = []
    for raw in raw_lines:
        try:
            lines.append(json.loads(raw))
        except ValueError:
            pass  # of a collector that was killed the last line may be half of one
    # A container is another namespace than the daemon's: the one in which the scenario changed most.
    changes = Counter(place(line)["id"] for line in lines if action(line) == "firewall-changed")
    told = {place(line)["id"] for line in lines if (place(line) or {}).get("is_host")} | {at for at, count in changes.most_common(1) if count > 2}
    above, count, kept = ancestors(), 0, []
    for line in lines:
        if action(line) == "record" or place(line) and place(line)["id"] not in told or "wwfence" in json.dumps(get(line, "wallwatch.change.operations", [])):
            continue
        if action(line) in ("exec", "end"):
            if get(line, "wallwatch.process.namespaces.net") not in told or count >= processes or get(line, "process.pid") in above:
                continue
            count += 1
        kept.append(spelled(below(line, above)).encode())
    return kept


def place(line):
    """The namespace that a line is about."""
    found = (get(line, f"wallwatch.{part}.netns") for part in ("change", "state", "alert", "service", "sysctl"))
    return next((netns for netns in found if netns), None) or get(line, "wallwatch.netns")


def ancestors():
    """Those above the recorder, up to pid 1: who had it started is no part of the scenario."""
    found, pid = {1}, os.getppid()
    while pid > 1:
        found.add(pid)
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            pid = int(file.read().rpartition(")")[2].split()[1])
    return found


def below(node, above):
    """Without the processes above the recorder, wherever they stand."""
    if isinstance(node, list):
        return [below(item, above) for item in node if not (isinstance(item, dict) and item.get("pid") in above)]
    if not isinstance(node, dict):
        return node
    left = {key: below(value, above) for key, value in node.items() if not (isinstance(value, dict) and value.get("pid") in above)}
    return {key: value for key, value in left.items() if value not in ([], {})}


def schema(binary):
    return subprocess.run([binary, "schema"], capture_output=True, check=True).stdout


def demo(binary):
    done = subprocess.run([binary, "demo"], stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=120)
    return done.stdout.splitlines()


def beat(binary):
    """A daemon whose state and health come each second, stopped in order and started again. Meanwhile a rule is added, a switch turned,
    and what the configuration calls a firewall service is killed."""
    from harness.daemon import Daemon
    daemon = Daemon(binary, "auto", 4)  # patient: it may share its machine
    try:
        service = os.path.join(daemon.folder, "filterd")
        shutil.copy("/usr/bin/sleep", service)
        daemon.configure(f'[netns]\nwatch = "host"\n[state]\ninterval = "1s"\n[services]\nlisten = false\nwatch = [{{ name = "filterd", programs = ["{service}"] }}]\n')
        daemon.host.run(["nft", "-f", "-"], input=FIREWALL)
        for _ in range(2):
            daemon.start("--emit", "firewall,firewall-process,state,health")
            running = daemon.host.start([service, "600"])
            time.sleep(2.5)
            daemon.host.run("nft add rule inet filter input tcp dport 443 accept")
            daemon.host.run("sysctl -w net.netfilter.nf_conntrack_tcp_be_liberal=1", code=None)
            daemon.host.run("sysctl -w net.netfilter.nf_conntrack_tcp_be_liberal=0", code=None)
            running.kill()
            running.wait()
            time.sleep(1.5)
            daemon.stop()
            daemon.process.wait(10)
            time.sleep(0.5)
        return [line.raw for line in daemon.lines]
    finally:
        daemon.close()


def metrics(binary):
    """The figures of a daemon before which a rule was added, and some were taken away; None if it knows no such file."""
    from harness.daemon import Daemon
    daemon = Daemon(binary, "auto", 4)  # patient: it may share its machine
    try:
        path = os.path.join(daemon.folder, "wallwatch.prom")
        daemon.configure(f'[netns]\nwatch = "host"\n[output]\nmetrics_file = "{path}"\nmetrics_interval = "1s"\n')
        if subprocess.run([binary, "check-config", daemon.config], capture_output=True, check=False).returncode:
            return None
        daemon.host.run(["nft", "-f", "-"], input=FIREWALL)
        daemon.start()
        daemon.host.run("nft flush ruleset")
        daemon.wait(lambda line: action(line.object) == "firewall-alert", 0, 30, "an alert")
        deadline, text = time.monotonic() + 20, ""
        while "wallwatch_events_total{action=\"firewall-alert\"}" not in text and time.monotonic() < deadline:
            time.sleep(0.2)
            if os.path.exists(path):
                with open(path, encoding="utf-8") as file:
                    text = file.read()
        return text
    finally:
        daemon.close()
