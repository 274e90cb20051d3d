"""What an operator tunes by: recordings and their replay, trust, maintenance, and what is remembered over restarts."""
import contextlib
import json
import os
import re
import shutil
import tempfile
import time
from datetime import datetime, timedelta, timezone

from cases.detection import FIREWALL, alert, deed, host, quiet
from harness.outcome import case, check, equal

RECORD = ("--emit", "firewall,firewall-process,state,record")
HALF = "nft flush chain inet host guard"


@contextlib.contextmanager
def script(text):
    """A script of root's where no other may write: not in /tmp."""
    os.makedirs("/opt", exist_ok=True)
    folder = tempfile.mkdtemp(prefix="wwtest-", dir="/opt")
    path = os.path.join(folder, "deploy.sh")
    try:
        os.chmod(folder, 0o755)
        rewrite(path, text)
        yield path
    finally:
        shutil.rmtree(folder)


def rewrite(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"#!/bin/sh\n{text}\n")
    os.chmod(path, 0o755)


def stripped(line):
    object = json.loads(line)
    for key in ("id", "sequence", "created"):
        object["event"].pop(key)
    return json.dumps(object)


def recorded(own, folder):
    path = os.path.join(folder, "events.jsonl")
    with open(path, "wb") as file:
        file.write(b"".join(line.raw + b"\n" for line in own.lines))
    return path


@case("a recording replayed gives the same alerts, and says how each came about", seconds=120)
def replayed(t):
    with host(t) as own, tempfile.TemporaryDirectory(prefix="wwtest-") as folder:
        own.stop()
        own.start(*RECORD)
        copy = os.path.join(folder, "kworker")
        shutil.copy(shutil.which("nft"), copy)
        mark = deed(own, ["sh", "-c", "nft flush ruleset; :", "\n\t\\x41 \U0001F525", "\udcff\udcfe"])
        alert(t, own, mark, "WW002")
        mark = deed(own, ["nft", "-f", "-"], input=FIREWALL)
        alert(t, own, mark, "WW002", "resolved")
        mark = deed(own, [copy, "add", "rule", "inet", "host", "input", "tcp", "dport", "4444", "accept"])
        alert(t, own, mark, "WW013")
        for port in range(300):
            own.host.run(f"nft add rule inet host guard tcp dport {port + 1} drop")
        own.host.run(["nft", "-f", "-"], input="".join(f"add table ip t{number}\nadd chain ip t{number} c\n" for number in range(120)))
        mark = deed(own, ["nft", "add table inet host { flags dormant; }"])
        own.wait(lambda line: line.action == "firewall-changed", mark, 5 * t.patience, "the change")
        own.stop()
        parts = [line.get("wallwatch.record.parts") for line in own.since(0, None, "record")]
        check(max(parts) > 1, "a record of several parts", [])
        live = [line.raw for line in own.since(0, None, "firewall-alert")]
        check(len(live) >= 4, f"alerts: {len(live)}", [])
        path = recorded(own, folder)
        done = t.run([t.binary, "replay", path, "--config", own.config])
        equal([stripped(line) for line in done.out.splitlines()], [stripped(line) for line in live], "the alerts")
        report = re.search(r"(\d+) records over (\d+) (ms|s) in (\d+) ms: (\d+) alerts?", done.err)
        check(report, f"the report: {done.err}", [])
        check(int(report[1]) > 300 and int(report[5]) == len(live), f"the report: {done.err}", [])
        again = t.run([t.binary, "replay", "-", "--config", own.config], input=open(path).read())
        equal(again.out, done.out, "the same from standard input")
        first = json.loads(live[0])["wallwatch"]["alert"]
        said = t.run([t.binary, "replay", path, "--config", own.config, "--explain", first["id"]]).out
        for reason in first["reasons"]:
            check(re.search(rf"^ +{reason['weight']}  {reason['id']}: ", said, re.M), f"{reason} in {said}", [])
        check("flush-ruleset" in said and "nft flush ruleset" in said, said, [])
        with open(os.path.join(folder, "strict.toml"), "w", encoding="utf-8") as file:
            file.write("[detection]\nenabled = false\n")
        equal(t.run([t.binary, "replay", path, "--config", file.name]).out, "", "alerts where nothing is judged")


@case("tail says in sentences what happened, and nothing that commands a terminal")
def told(t):
    with host(t) as own, tempfile.TemporaryDirectory(prefix="wwtest-") as folder:
        mark = deed(own, ["sh", "-c", "nft flush ruleset; :", "\x1b[31m"])
        alert(t, own, mark, "WW002")
        path = recorded(own, folder)
        said = t.run([t.binary, "tail", path]).out
        check(re.search(r"^\d\d:\d\d:\d\d  nft \(pid \d+, root.* below dash\) flushed all rules, .*: 0 effective left \(-9\)$", said, re.M), said, [])
        check(re.search(r"^.* ALERT \d+ WW002 Firewall emptied by nft .*: effective 9 to 0, blocking 5 to 0$", said, re.M), said, [])
        check("\x1b" not in said and " ran " not in said, said, [])
        check(" ran nft flush ruleset" in t.run([t.binary, "tail", "--processes", "-"], input=open(path).read()).out, "a process", [])
        alarms = t.run([t.binary, "tail", "--quiet", path]).out.splitlines()
        check(len(alarms) == 1 and "ALERT" in alarms[0], f"{alarms}", [])


@case("replay and suggest: a file that is not there, or has no recording in it")
def unreadable(t):
    with tempfile.TemporaryDirectory(prefix="wwtest-") as folder:
        path = os.path.join(folder, "x")
        for command in ("replay", "suggest"):
            t.run([t.binary, command, path], code=66)
            with open(path, "wb") as file:
                file.write(b"\0\n{}\nnot a line\n" + b"x" * (5 << 20) + b"\n[]\n")
            done = t.run([t.binary, command, path], code=65)
            check("has no recording" in done.err, done.err, [])
            os.remove(path)
        t.run([t.binary, "replay", folder], code=66)


@case("who is trusted raises none, and the change says by which entry; another, or another script, does", seconds=90)
def trusted(t):
    with script(HALF) as path:
        sha = t.run(["sha256sum", path]).out.split()[0]
        more = f'[[trust]]\nname = "deploy"\nreason = "it rolls out"\nexecutable = "{os.path.realpath(shutil.which("nft"))}"\nscript = "{path}"\nsha256 = "{sha}"\ntable = "host"\n'
        with host(t, more=more) as own:
            mark = deed(own, [path])
            change = own.wait(lambda line: line.action == "firewall-changed", mark, 5 * t.patience, "the change")
            equal(change.get("wallwatch.covered_by"), {"kind": "trust", "name": "deploy", "reason": "it rolls out"}, "covered_by", [change])
            quiet(t, own, mark)
            own.host.run(["nft", "-f", "-"], input=FIREWALL)
            time.sleep(3 * t.patience)
            mark = deed(own, HALF)
            line = alert(t, own, mark, "WW001")
            check("covered_by" not in own.since(mark, None, "firewall-changed")[0].get("wallwatch"), "covered", [line])
            own.host.run(["nft", "-f", "-"], input=FIREWALL)
            time.sleep(3 * t.patience)
            rewrite(path, HALF + " # and more")
            mark = deed(own, [path])
            alert(t, own, mark, "WW001", "open", "update")


@case("what suggest proposes from a recording covers it, as it stands")
def suggested(t):
    with script(HALF) as path, tempfile.TemporaryDirectory(prefix="wwtest-") as folder:
        with host(t) as own:
            own.stop()
            own.start(*RECORD)
            mark = deed(own, [path])
            alert(t, own, mark, "WW001")
            own.stop()
            proposal = t.run([t.binary, "suggest", recorded(own, folder)]).out
        check(f'script = "{path}"' in proposal and 'chain = ["guard"]' in proposal, proposal, [])
        check(re.search(r'^sha256 = "[0-9a-f]{64}"$', proposal, re.M), proposal, [])
        with host(t, more=proposal) as own:
            mark = deed(own, [path])
            change = own.wait(lambda line: line.action == "firewall-changed", mark, 5 * t.patience, "the change")
            equal(change.get("wallwatch.covered_by.kind"), "trust", "covered_by", [change])
            quiet(t, own, mark)


def switch(t, own, *words, code=0):
    return t.run([t.binary, "maintenance", *words, "--state-dir", own.state], code=code)


@case("maintenance switched on covers what is done, and no suspicious process; on and off are told, with who did it", seconds=90)
def maintained(t):
    with host(t) as own, tempfile.TemporaryDirectory(prefix="wwtest-") as folder:
        switch(t, own, "status", code=1)
        mark = own.mark()
        done = switch(t, own, "start", "--for", "1m", "--reason", 'CHG-7 "rules"')
        line = own.wait(lambda line: line.action == "collector-maintenance-started", mark, 5 * t.patience, "its line")
        equal(line.get("event.reason"), 'CHG-7 "rules"', "the reason", [line])
        equal((line.get("process.pid"), line.get("process.name")), (done.pid, os.path.basename(t.binary)), "who did it", [line])
        check(line.get("wallwatch.collector.effective_rules") == 9 and 55 <= line.get("wallwatch.collector.seconds") <= 60, "its figures", [line])
        check("CHG-7" in switch(t, own, "status").out, "its status", [])
        mark = deed(own, "nft flush ruleset")
        change = own.wait(lambda line: line.action == "firewall-changed", mark, 5 * t.patience, "the change")
        equal(change.get("wallwatch.covered_by"), {"kind": "maintenance", "name": "switch", "reason": 'CHG-7 "rules"'}, "covered_by", [change])
        quiet(t, own, mark)
        own.host.run(["nft", "-f", "-"], input=FIREWALL)
        copy = os.path.join(folder, "kworker")
        shutil.copy(shutil.which("nft"), copy)
        time.sleep(t.patience)  # what was only just loaded is missed by nobody
        alert(t, own, deed(own, [copy, "flush", "ruleset"]), "WW002")
        # Over a restart it goes on.
        own.stop()
        mark = own.mark()
        own.start()
        own.wait(lambda line: line.action == "collector-maintenance-started", mark, 5 * t.patience, "its line, anew")
        mark = own.mark()
        switch(t, own, "stop")
        line = own.wait(lambda line: line.action == "collector-maintenance-ended", mark, 5 * t.patience, "its end")
        equal(line.get("wallwatch.collector.effective_rules"), 0, "its figures", [line])
        own.host.run(["nft", "-f", "-"], input=FIREWALL)
        time.sleep(3 * t.patience)
        alert(t, own, deed(own, "nft flush ruleset"), "WW002", "open", "update")
        mark = own.mark()
        switch(t, own, "start", "--for", "1s", "--reason", "short")
        own.wait(lambda line: line.action == "collector-maintenance-ended" and "time is over" in line.get("event.reason"), mark, 5 * t.patience, "its end by itself")
        for words in (("start", "--for", "25h", "--reason", "x"), ("start", "--for", "1h"), ("start", "--for", "1h", "--reason", "")):
            switch(t, own, *words, code=64)


@case("a window of the configuration covers what is done in it")
def window(t):
    now = datetime.now(timezone.utc)
    moment = lambda minutes: (now + timedelta(minutes=minutes)).isoformat(timespec="seconds")  # noqa: E731
    with host(t, more=f'[[maintenance]]\nname = "patch day"\nreason = "CHG-8"\nfrom = "{moment(-1)}"\nto = "{moment(5)}"\n') as own:
        mark = deed(own, "nft flush ruleset")
        change = own.wait(lambda line: line.action == "firewall-changed", mark, 5 * t.patience, "the change")
        equal(change.get("wallwatch.covered_by.name"), "patch day", "covered_by", [change])
        quiet(t, own, mark)


@case("an incident outlives the collector that is killed: the next one tells that it is over")
def outlived(t):
    with host(t) as own:
        opened = alert(t, own, deed(own, "nft flush ruleset"), "WW002")
        memory = os.path.join(own.state, "memory")
        deadline = time.monotonic() + 15 * t.patience
        while not (os.path.exists(memory) and opened.get("wallwatch.alert.id") in open(memory).read()):
            check(time.monotonic() < deadline, "the memory was not saved", [opened])
            time.sleep(0.1)
        own.kill()
        own.start()
        mark = deed(own, ["nft", "-f", "-"], input=FIREWALL)
        line = alert(t, own, mark, "WW002", "resolved")
        equal(line.get("wallwatch.alert.id"), opened.get("wallwatch.alert.id"), "its id", [line])


@case("who never changed this firewall before is told as that, once, also after a restart")
def novel(t):
    with host(t, more='[detection]\nlearning = "0s"\n') as own:
        def traits(argv):
            mark = deed(own, argv)
            line = own.wait(lambda line: line.action == "firewall-changed", mark, 5 * t.patience, "the change")
            return {trait["id"] for trait in line.get("wallwatch.traits", [])}

        traits("nft add table ip one")
        check("first_time_executable" not in traits("nft add table ip two"), "new twice", [])
        check("first_time_executable" in traits("iptables -N three"), "iptables is new", [])
        check("first_time_executable" not in traits("iptables -N four"), "new twice", [])
        own.stop()
        own.start()
        check("first_time_executable" not in traits("iptables -N five"), "new after a restart", [])
        check("first_time_ancestor" in traits(["sh", "-c", "nft add table ip six; :"]), "a shell above it is new", [])
