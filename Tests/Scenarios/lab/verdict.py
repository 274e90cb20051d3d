"""Runs one scenario and says what came of it."""
import json
import os
import subprocess
import time
import traceback

from harness.line import faults
from harness.outcome import Failed, Skipped
from harness.process import seconds

from . import execnames
from .world import EMIT, World


def names(line):
    """Whom an alert names: the author, and who had him do it."""
    found = set()
    for who in (line.get("process"), line.get("wallwatch.initiator")):
        if who:
            words = who.get("command_line", "").split()
            if who.get("name", "").startswith("python") and len(words) > 1:
                found.add(os.path.basename(words[1]))  # firewall-cmd is a script
            found |= {who.get("name"), who.get("executable"), os.path.basename(who.get("executable", "")).removesuffix(" (deleted)")}
    return found - {None, ""} or {"nobody"}


def around(line):
    """The command lines of all that an alert names, ancestors included."""
    people = [line.get("process", {}), line.get("wallwatch.initiator", {}), *line.get("wallwatch.ancestry", [])]
    return "\n".join(who.get("command_line", "") for who in people)


def brief(line):
    alert = line.get("wallwatch.alert")
    return (f"{alert['state']} {','.join(alert['rule_ids'])} score {alert['score']} by {'/'.join(sorted(names(line)))}"
            f" [{', '.join(reason['id'] + ' ' + str(reason['weight']) for reason in alert['reasons'])}]: {line.get('event.reason')}")


def delay(line, own):
    """Seconds from the first change that an alert is about to the alert itself, by the kernel's clock."""
    first = line.get("wallwatch.alert.changes", [None])[0]
    about = next((other for other in own.lines if other.get("event.id") == first), None)
    return seconds(line.get("event.created")) - seconds(about.get("@timestamp")) if about else None


class Verdict:
    def __init__(self, scenario, options):
        self.scenario, self.options, self.killed, self.missed = scenario, options, 0, False
        self.result = {"name": scenario.name, "kind": scenario.kind, "what": scenario.what, "rows": scenario.rows, "place": scenario.place,
                       "rule": scenario.rule, "author": " or ".join(scenario.author or []), "result": "failed", "why": "", "alerts": [], "rules": [], "exec": [], "latencies": []}

    def run(self, box=None):
        began = time.monotonic()
        hindrance = self.scenario.hindrance("WALLWATCH_VM" in os.environ)
        if hindrance:
            self.result.update(result="skipped", why=hindrance, seconds=0)
            return self.result
        world = None
        try:
            world = World(self.scenario, self.options, box)
            world.start()
            self.judge(world)
        except Failed as failure:
            self.result["why"] = str(failure)[:3000]
        except Skipped as reason:
            self.result.update(result="skipped", why=str(reason))
        except Exception:
            self.result["why"] = traceback.format_exc()
        finally:
            if world:
                try:
                    self.keep(world)
                finally:
                    world.close()
        if self.result["result"] == "failed" and self.missed and "known" in self.scenario.fields:
            self.result.update(result="missed", known=self.scenario.fields["known"])
        elif self.result["result"] == "passed" and "known" in self.scenario.fields:
            self.result["why"] = "it is no longer missed: `# known:` can go"
        self.result["seconds"] = round(time.monotonic() - began, 2)
        return self.result

    def judge(self, world):
        scenario, own = self.scenario, world.own
        self.result["tier"] = next(line for line in own.lines if line.action == "collector-started").get("wallwatch.collector.tier")
        family, *tiers = scenario.fields.get("tiers", "netlink").split()
        tier = self.result["tier"][family]
        if tiers and tier not in tiers:
            self.result.update(result="skipped", why=f"not seen where hooks of {family} are {tier} (docs/limits.md)")
            return
        mark = own.mark()
        status, said = world.perform()
        if status == 77:
            self.result.update(result="skipped", why=said.strip()[-300:])
            return
        if status:
            raise Failed(f"the scenario itself went wrong, status {status}: {said[-800:]}")
        if "restart" in scenario.fields.get("config", "").split():
            self.revive(world)
        if scenario.rule:
            self.attack(world, mark)
        else:
            self.benign(world, mark)
        self.result["latencies"] = [line.get("wallwatch.change.latency_us") for line in self.ours(world, mark, "firewall-changed")]

    def revive(self, world):
        """The collector was killed: the next one is started, as systemd would do it."""
        world.own.process.wait(10)
        with world.own.arrival:
            world.own.arrival.wait_for(lambda: world.own.ended, 10)
        self.killed = len(world.own.lines)
        world.own.start("--emit", EMIT)

    def ours(self, world, mark, action):
        """The lines of the scenario's own namespaces, and those that have none."""
        place = {"firewall-changed": "wallwatch.change.netns.id", "firewall-alert": "wallwatch.alert.netns.id"}[action]
        return [line for line in world.own.since(mark, None, action) if line.get(place, world.own.host.id) in world.namespaces - {world.own.side.id}
                or "other" in self.scenario.fields.get("config", "") and line.get(place) == world.own.side.id]

    def right(self, line):
        scenario = self.scenario
        return (line.action == "firewall-alert" and line.get("wallwatch.alert.state") != "resolved" and scenario.rule in line.get("wallwatch.alert.rule_ids")
                and bool(names(line) & set(scenario.author)) and scenario.fields.get("who", "") in around(line))

    def attack(self, world, mark):
        limit = (float(self.scenario.fields.get("settle", world.quiet)) + 6) * world.patience
        line = None
        try:
            line = world.own.wait(self.right, mark, limit, f"{self.scenario.rule} by {self.result['author']}")
        except Failed as failure:
            self.missed = True
            alerts = self.ours(world, mark, "firewall-alert")
            raise Failed(str(failure) + "; alerts: " + (" | ".join(map(brief, alerts)) or "none")) from None
        finally:
            self.told(world, mark)
        found = delay(line, world.own)
        self.result.update(result="passed", delay=found, score=line.get("wallwatch.alert.score"), settled=not self.at_once(line))

    @staticmethod
    def at_once(line):
        return line.get("wallwatch.alert.score", 0) and sum(reason["weight"] for reason in line.get("wallwatch.alert.reasons") if not reason["id"].startswith("WW")) >= 0.375 * line.get("wallwatch.alert.score")

    def benign(self, world, mark):
        time.sleep(float(self.scenario.fields.get("settle", world.quiet + 0.7)) * world.patience)
        world.fence()
        self.told(world, mark)
        alerts = self.ours(world, mark, "firewall-alert")
        if alerts:
            self.missed = True
            raise Failed("false alarm: " + " | ".join(map(brief, alerts)))
        own = [line for line in world.own.since(mark) if line.action in ("firewall-changed", "firewall-config-changed", "firewall-service-started", "firewall-service-stopped", "firewall-change-failed")]
        if not own:
            raise Failed("nothing was seen of it: its silence proves nothing")
        self.result.update(result="passed", changes=len(own))

    def told(self, world, mark):
        alerts = self.ours(world, mark, "firewall-alert")
        self.result["alerts"] = [brief(line) for line in alerts]
        self.result["rules"] = sorted({rule for line in alerts for rule in line.get("wallwatch.alert.rule_ids")})
        self.result["exec"] = execnames.found(world.own.since(mark), world.namespaces - ({world.own.side.id} if "other" not in self.scenario.fields.get("config", "") else set()))

    def keep(self, world):
        """Stops the daemon, judges the form of each line, keeps the recording and replays it: the alerts have to be the same."""
        own = world.own
        if not own.process:
            return
        own.stop()
        deadline = time.monotonic() + 10
        with own.arrival:
            while not own.ended and time.monotonic() < deadline:
                own.arrival.wait(1)
        # Of a collector that is killed the last line may be half of one.
        whole = own.lines[:self.killed - 1] + own.lines[self.killed:] if self.killed else own.lines
        # Of processes there are thousands, the machine's others among them.
        wrong = [fault for line in whole if line.action not in ("exec", "end") for fault in faults(line)]
        folder = os.path.join(self.options.keep or own.folder, self.scenario.kind)
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, self.scenario.name + ".jsonl")
        with open(path, "wb") as file:
            file.write(b"".join(line.raw + b"\n" for line in own.lines))
        if self.result["result"] != "passed":
            return
        if wrong:
            self.result.update(result="failed", why="; ".join(wrong[:5]))
        elif self.options.replay:
            live = [stripped(line.raw) for line in own.since(0, None, "firewall-alert")]
            done = subprocess.run([own.binary, "replay", path, "--config", own.config], capture_output=True, check=False)
            again = [stripped(line) for line in done.stdout.splitlines()]
            if live != again:
                self.result.update(result="failed", why=f"its replay gave {len(again)} alerts, live came {len(live)}: {done.stderr.decode()[-200:]}")


def stripped(raw):
    found = json.loads(raw)
    for key in ("id", "sequence", "created"):
        found["event"].pop(key)
    return found
