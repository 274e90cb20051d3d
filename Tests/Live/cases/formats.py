"""The other format: what a daemon writes by OCSF's names, held against the printed schema and against OCSF itself."""
import json
import os
import signal
import tempfile
import time

from cases.detection import FIREWALL
from harness.daemon import Daemon, GOOD
from harness.facts import OCSF
from harness.line import walk
from harness.outcome import case, check, equal
from harness.schema import errors

MORE = """[output]
format = "ocsf"
emit = ["firewall", "firewall-process", "state", "health", "record"]
[state]
interval = "2s"
"""


def stripped(text):
    line = json.loads(text)
    for key in ("uid", "sequence", "logged_time"):
        line["metadata"].pop(key)
    return line


def deeds(own, watched, patience):
    """Something of most kinds: a loss, its return, a refused request, bytes that are no text, many operations, a file."""
    bad = ["sh", "-c", "nft flush ruleset; :", "\n\t\\x41 \U0001F525", "\udcff\udcfe"]
    own.host.run(bad)
    time.sleep(3 * patience)
    own.host.run(["nft", "-f", "-"], input=FIREWALL)
    own.host.run(["nft", "delete", "table", "inet", "nowhere"], code=1)
    own.host.run(["nft", "-f", "-"], input="".join(f"add table ip t{number}\nadd chain ip t{number} c\n" for number in range(300)))
    # What comes and goes within 150 ms is a draft, and no change.
    own.host.run(["sh", "-c", 'for deed in "touch $1" "mv $1 $1.new" "rm $1.new"; do $deed; sleep "$2"; done', "sh", watched, str(patience)])


@case("--format ocsf: every line is OCSF 1.8 by its own schema and by what `wallwatch schema` prints", seconds=120)
def ocsf(t):
    own = Daemon(t.binary, t.tier, t.patience)
    watched = os.path.join(own.folder, "own.rules")
    own.configure(f'{GOOD}{MORE}[config_files]\npaths = ["{watched}*"]\n')
    own.host.run(["nft", "-f", "-"], input=FIREWALL)
    try:
        own.start()
        deeds(own, watched, t.patience)
        own.signal(signal.SIGUSR1)
        own.signal(signal.SIGHUP)
        own.wait(lambda line: line.action == "collector-config-reloaded", 0, 5 * t.patience, "the reload")
        own.stop()
        own.wait(lambda line: line.action == "collector-stopped", 0, 5 * t.patience, "collector-stopped")
        judge(t, own)
        replayed(t, own)
        tailed(t, own)
    finally:
        own.close()


def judge(t, own):
    schema = json.loads(t.run([t.binary, "schema", "--format", "ocsf"]).out)
    published = OCSF()
    for line in own.lines:
        wrong = [*line.faults, *errors(line.object, schema, schema), *published.faults(line.object), *walk(line.object, "")]
        wrong += [f"{len(line.raw)} bytes"] if len(line.raw) > 8000 else []
        check(not wrong, f"{line.action}: " + "; ".join(wrong), [line])
        equal(next(iter(line.object)), "time", "the first key", [line])
    numbers = [line.sequence for line in own.lines]
    equal(numbers, list(range(numbers[0], numbers[0] + len(numbers))), "metadata.sequence")
    seen = {(line.action, line.get("class_uid"), line.get("activity_id")) for line in own.lines}
    wanted = {
        ("collector-started", 6002, 3), ("collector-stopped", 6002, 4), ("collector-health", 6002, 99), ("collector-config-reloaded", 6002, 99),
        ("firewall-state", 5002, 2), ("firewall-changed", 5019, 1), ("firewall-change-detail", 5019, 1), ("firewall-change-failed", 5019, 1),
        ("exec", 1007, 1), ("firewall-alert", 2004, 1), ("firewall-alert", 2004, 3), ("record", 0, 99),
    }
    check(wanted <= seen, f"not told: {sorted(wanted - seen)}; told: {sorted(seen)}")
    files = {line.get("activity_id") for line in own.lines if line.get("class_uid") == 1001}
    equal(files, {1, 4, 5}, "what became of the file: it came, was moved, and went")
    opened = next(line for line in own.lines if line.action == "firewall-alert")
    equal(opened.get("finding_info.analytic.uid"), "WW002", "the rule", [opened])
    process = opened.get("evidences")[0]["actor"]["process"]
    equal((process["name"], process["cmd_line"]), ("nft", "nft flush ruleset"), "who did it", [opened])
    flushed = next(line for line in own.lines if any(op["op"] == "flush-ruleset" for op in line.ops()) and line.own("change.effective_rules.after") == 0)
    equal((flushed.get("state_id"), flushed.get("security_states")), (1, [{"state_id": 4, "state": "Protection off"}]), "the state", [flushed])
    equal(flushed.get("actor.process.uid"), process["uid"], "the same process in both", [flushed])
    parent = flushed.get("actor.process.parent_process.cmd_line")
    check(r"\x0a\x09\x5cx41" in parent and r"\xff\xfe" in parent and flushed.own("escaped"), f"the parent's arguments: {parent}", [flushed])


def replayed(t, own):
    """A recording in this format is replayed as one in the other."""
    live = [stripped(line.text) for line in own.lines if line.action == "firewall-alert"]
    with tempfile.NamedTemporaryFile("wb", suffix=".jsonl") as file:
        file.write(b"".join(line.raw + b"\n" for line in own.lines))
        file.flush()
        done = t.run([t.binary, "replay", file.name, "--config", own.config])
        equal([stripped(text) for text in done.out.splitlines()], live, "the alerts replayed")
        said = t.run([t.binary, "suggest", file.name, "--config", own.config]).out
        check("[[trust]]" in said or "# Nothing proposed for" in said, f"suggest: {said}")


def tailed(t, own):
    """What is not read is not passed over in silence."""
    text = b"".join(line.raw + b"\n" for line in own.lines).decode()
    done = t.run([t.binary, "tail", "-"], input=text, code=65)
    check("--format ocsf" in done.err and not done.out, f"tail of OCSF lines: {done}")
    ecs = '{"@timestamp":"2026-01-01T00:00:00.000000000Z","event":{"action":"collector-started","module":"wallwatch"}}\n'
    done = t.run([t.binary, "tail", "-"], input=text + ecs)
    check("--format ocsf" in done.err and "collector started" in done.out, f"tail of both: {done}")


@case("--format goes before the file, schema has one for each format, and others are refused")
def options(t):
    own = Daemon(t.binary, t.tier, t.patience)
    own.configure(GOOD + MORE)
    try:
        own.start("--format", "ecs", "--emit", "firewall")
        equal(next(iter(own.lines[0].object)), "@timestamp", "the first key", own.lines[:1])
    finally:
        own.close()
    texts = [t.run([t.binary, "schema", "--format", name]).out for name in ("ecs", "ocsf")]
    equal(t.run([t.binary, "schema"]).out, texts[0], "the schema without a format")
    check(all("properties" in json.loads(text) for text in texts) and texts[0] != texts[1], "two schemas")
    for words in (["schema", "--format", "xml"], ["run", "--format", "xml"]):
        t.run([t.binary, *words], code=64)
