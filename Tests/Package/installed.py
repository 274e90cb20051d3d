"""Installed, started, reloaded, killed, upgraded, booted, purged: what an operator does, in order."""
import os
import json
import re
import time

from box import EVENTS, action, changes, check_sequence, operations, until
from harness.outcome import case, check, equal

CONFIG = "/etc/wallwatch/conf.d/50-test.toml"
OUTPUT = f'[output]\npath = "{EVENTS}"\n'
FEW_SECONDS = "/run/systemd/system/wallwatch.service.d/test.conf"


@case("apt installs it: active, as a user of its own, with its events in the journal", seconds=180)
def install(t):
    t.host.boot()
    out = t.host.install(t.package).stdout
    check("Setting up wallwatch" in out, "apt's words", [out[-1500:]])
    until(t.host.is_active, 30, "active")
    started = t.host.wait(action("collector-started"), "collector-started in the journal", source=t.host.journal)
    equal(t.host.sh("ps -o user= -C wallwatch | sort -u").stdout.strip(), "wallwatch", "whose process it is")
    check(re.fullmatch("Watching [1-9][0-9]* network namespaces?", t.host.show("StatusText")), f"the status that systemctl shows: {t.host.show('StatusText')}")
    found = started["wallwatch"]["collector"]
    equal(found["pinned"].get("path"), "/sys/fs/bpf/wallwatch", "where the kernel half is pinned", [str(found)])
    equal([key for key, tier in found["tier"].items() if tier == "none" and key in ("process", "netlink", "xtables")], [], "families that nothing serves", [str(found)])
    t.host.sh("nft add table ip first")
    t.host.wait(changes("first"), "a change, in the journal", source=t.host.journal)


@case("with output.path its events are in that file, a change of the firewall among them", seconds=60)
def configured(t):
    t.host.machine.write(CONFIG, OUTPUT)
    t.host.sh("systemctl restart wallwatch")
    t.host.wait(action("collector-started"), "collector-started in the file")
    t.host.sh("nft add table ip told")
    line = t.host.wait(changes("told"), "the change")
    equal(line["process"]["name"], "nft", "process.name")
    equal(line["wallwatch"]["change"]["netns"]["is_host"], True, "is_host")
    status = os.stat(f"/proc/{t.host.machine.leader}/root{EVENTS}")
    equal(oct(status.st_mode & 0o777), "0o600", "the file's mode")
    time.sleep(11)  # its canaries were sent, and its pins looked for
    equal([line["event"]["reason"] for line in t.host.lines() if action("collector-tampered")(line)], [], "that somebody tampers with it")


@case("the system bus is listened to, through the socket", seconds=90)
def bus(t):
    started = [line for line in t.host.lines() if action("collector-started")(line)][-1]
    if started["wallwatch"]["collector"]["bus"] != "listened to":
        # One that was not there when it was looked for is looked for again after 30 seconds.
        t.host.wait(lambda line: line["event"].get("reason") == "the system bus is listened to", "that it is listened to", seconds=45)
    equal(t.host.sh("ps -o user= -C systemd-socket-prox").stdout.strip(), "root", "who is between it and the bus")
    equal(t.host.sh("systemctl show -P ActiveState wallwatch-bus.service").stdout.strip(), "active", "the unit between them")


@case("systemctl reload takes a new configuration over, and says so", seconds=60)
def reload(t):
    since = len(t.host.lines())
    t.host.machine.write(CONFIG, OUTPUT + 'emit = ["firewall", "state"]\n')
    t.host.sh("systemctl reload wallwatch")
    t.host.wait(action("collector-config-reloaded"), "collector-config-reloaded", since)
    check(t.host.is_active(), "it is active")


@case("reload refuses a bad configuration: where it is wrong is told, and the old one stays", seconds=60)
def refused(t):
    since, pid = len(t.host.lines()), t.host.pid()
    t.host.machine.write(CONFIG, OUTPUT + "colour = 1\n")
    t.host.sh("systemctl reload wallwatch")
    line = t.host.wait(action("collector-config-refused"), "collector-config-refused", since)
    check(f"{CONFIG}:3:1" in line["event"]["reason"], f"the place: {line['event']['reason']}")
    until(lambda: "refused" in t.host.show("StatusText"), 5, "that systemctl shows it")
    equal((t.host.is_active(), t.host.pid()), (True, pid), "active, and the same process")
    t.host.sh("nft add table ip still")
    t.host.wait(changes("still"), "a change after that", since)


@case("a bad configuration at the start: exit 78, and no restart loop", seconds=60)
def fails(t):
    done = t.host.sh("systemctl restart wallwatch", code=None)
    check(done.returncode != 0, "the start fails")
    equal(t.host.show("ExecMainStatus"), "78", "its status")
    time.sleep(4)
    equal((t.host.show("ActiveState"), t.host.show("NRestarts")), ("failed", "0"), "after four seconds")
    said = t.host.sh("journalctl -q -o cat -n 20 -u wallwatch.service").stdout
    check(f"{CONFIG}:3:1: " in said, "the journal says where", [said])
    t.host.machine.write(CONFIG, OUTPUT)
    t.host.sh("nft add table ip unwatched; systemctl restart wallwatch")
    line = t.host.wait(changes("unwatched"), "what was done while it was down")
    equal(line["wallwatch"]["change"].get("while_down"), True, "while_down")


@case("kill -9: systemd starts it anew, and what was done meanwhile is told", seconds=60)
def killed(t):
    pid, since = t.host.pid(), len(t.host.lines())
    t.host.sh(f"kill -9 {pid}; nft add table ip orphaned")
    until(lambda: t.host.pid() not in (0, pid) and t.host.is_active(), 20, "another process")
    t.host.wait(changes("orphaned"), "the change after the kill", since)
    equal(len([line for line in t.host.lines() if changes("orphaned")(line)]), 1, "how often it is told")
    check_sequence(t.host.lines())


@case("the watchdog: fed while the kernel half sees; a daemon that stands still is started anew", seconds=90)
def watchdog(t):
    t.host.machine.write(FEW_SECONDS, "[Service]\nWatchdogSec=4s\n")
    t.host.sh("systemctl daemon-reload; systemctl restart wallwatch")
    pid, since = t.host.pid(), len(t.host.lines())
    time.sleep(10)
    equal((t.host.pid(), t.host.show("NRestarts")), (pid, "0"), "after ten seconds")
    t.host.sh(f"kill -STOP {pid}")
    until(lambda: t.host.pid() not in (0, pid) and t.host.is_active(), 30, "another process")
    said = t.host.sh("journalctl -q -o cat -n 40 -u wallwatch.service | grep -v ^{").stdout
    check("Watchdog timeout" in said, "why", [said])
    t.host.wait(action("collector-started"), "collector-started", since)
    os.unlink(f"/proc/{t.host.machine.leader}/root{FEW_SECONDS}")
    t.host.sh("systemctl daemon-reload; systemctl restart wallwatch")


@case("an upgrade loses no change that is made meanwhile, and no number", seconds=180)
def upgrade(t):
    pid, since = t.host.pid(), len(t.host.lines())
    t.host.sh("nft add table ip rolling")
    t.host.put(t.newer, "/root/newer.deb")
    # All the time, from before the new files to after the new daemon is ready.
    loop = "i=0; while [ ! -e /root/done ]; do nft add chain ip rolling c$i; i=$((i+1)); sleep 0.05; done; echo $i"
    done = t.host.sh(f"rm -f /root/done; ({loop}) > /root/count & dpkg -i /root/newer.deb 2>&1; status=$?; sleep 1; touch /root/done; wait; exit $status")
    count = int(t.host.sh("cat /root/count").stdout)
    equal(t.host.sh("dpkg-query -W -f '${Version}' wallwatch").stdout, t.newer_version, "the version", [done.stdout])
    check(t.host.pid() != pid, "another process runs")
    check(count > 20, f"only {count} changes were made")
    t.host.wait(changes(f"c{count - 1}", "add-chain"), "the last change", since)
    told = [one["chain"] for line in t.host.lines()[since:] for one in operations(line) if (one["op"], one.get("table")) == ("add-chain", "rolling")]
    made = [f"c{i}" for i in range(count)]
    equal([name for name in made if told.count(name) != 1], [], "the chains that were not told once", [str([name for name in told if told.count(name) != 1]), done.stdout])
    equal(told, made, "the chains that were told, in order")
    down = [line for line in t.host.lines()[since:] if line.get("wallwatch", {}).get("change", {}).get("while_down")]
    print(f"        {count} changes, {len(down)} of them while no daemon ran")
    check(down, "no change fell between the two daemons: the test proves nothing")
    check_sequence(t.host.lines())


@case("logrotate loses nothing, while lines are written", seconds=90)
def rotated(t):
    t.host.sh("(for n in $(seq 80); do nft add table ip before; nft delete table ip before; done) & sleep 0.3; logrotate -f /etc/logrotate.d/wallwatch; wait")
    t.host.sh("nft add table ip rotated")
    t.host.wait(changes("rotated"), "a change after it")
    old, new = (int(t.host.sh(f"wc -l < {path}").stdout) for path in (f"{EVENTS}.1", EVENTS))
    check(old > 2 and new > 2, f"{old} lines before the rotation and {new} after it")
    equal(t.host.sh(f"stat -c '%a %U' {EVENTS}").stdout.strip(), "600 wallwatch", "mode and owner of the new file")
    t.host.sh(f"cat {EVENTS}.1 {EVENTS} > /root/all.jsonl; rm {EVENTS}.1")
    lines = [json.loads(line) for line in t.host.machine.read("/root/all.jsonl").splitlines()]
    check_sequence(lines)
    equal(sum(1 for line in lines if line["event"]["action"] == "firewall-changed" and '"before"' in json.dumps(line["wallwatch"]["change"]["operations"][0].get("table"))), 160, "changes told")


@case("systemctl stop: the last line is collector-stopped", seconds=60)
def stopped(t):
    t.host.sh("systemctl stop wallwatch")
    equal(t.host.lines()[-1]["event"]["action"], "collector-stopped", "the last line")
    equal((t.host.show("ActiveState"), t.host.show("ExecMainStatus")), ("inactive", "0"), "its state")


@case("systemd-analyze: the unit verifies, and its exposure is 2.5 at most", seconds=60)
def analyzed(t):
    for unit in ("wallwatch.service", "wallwatch-bus.socket", "wallwatch-bus.service"):
        done = t.host.sh(f"systemd-analyze verify --man=no /lib/systemd/system/{unit} 2>&1", code=None)
        equal((done.returncode, [line for line in done.stdout.splitlines() if "wallwatch" in line]), (0, []), f"verify {unit}", [done.stdout])
    done = t.host.sh("systemd-analyze security --no-pager wallwatch.service").stdout
    figure = re.search(r"exposure level for wallwatch.service: ([0-9.]+)", done)
    check(figure, "no figure", [done[-600:]])
    print(f"        {figure[0]}")
    check(float(figure[1]) <= 2.5, f"the exposure is {figure[1]}", [line for line in done.splitlines() if "✗" in line])


@case("at boot it stands before nftables.service, whose rules it tells", seconds=180)
def boot(t):
    t.host.machine.write("/etc/nftables.conf", "flush ruleset\ntable inet boot { chain input { type filter hook input priority 0; policy drop; ct state established accept; tcp dport 22 accept; }; }\n")
    t.host.sh("systemctl enable nftables; sync")
    since = len(t.host.lines())
    t.host.reboot()
    until(t.host.is_active, 60, "active after the boot")
    line = t.host.wait(changes("boot"), "what nftables.service loaded", since, seconds=60)
    equal(line["process"]["name"], "nft", "process.name")
    names = [one["event"]["action"] for one in t.host.lines()[since:]]
    check(names.index("collector-started") < t.host.lines()[since:].index(line), f"collector-started before it: {names}")
    # A container that boots has the machine's boot id: what was pinned before seems to be taken away.
    after = t.host.lines()[since:]
    tampered = {one["event"]["reason"] for one in after if action("collector-tampered")(one)}
    check(all("an earlier collector had pinned is gone" in reason for reason in tampered), f"that somebody tampers with it: {tampered}")
    equal([one["event"]["reason"] for one in after if action("firewall-alert")(one) and one["rule"]["id"] != "WW011"], [], "alerts, but for that")
    equal(t.host.show("NRestarts"), "0", "restarts")
    began = {unit: int(t.host.sh(f"systemctl show -P ActiveEnterTimestampMonotonic {unit}").stdout) for unit in ("wallwatch", "nftables")}
    check(0 < began["wallwatch"] < began["nftables"], f"when each was active, in µs: {began}")
    check_sequence(t.host.lines())


@case("remove keeps the configuration and ends the recording; purge leaves nothing", seconds=120)
def purged(t):
    check(t.host.sh("ls -A /sys/fs/bpf/wallwatch").stdout, "the kernel half is pinned before")
    t.host.sh("DEBIAN_FRONTEND=noninteractive apt-get -o Dpkg::Use-Pty=0 remove -y wallwatch 2>&1")
    equal(t.host.sh("ls -d /sys/fs/bpf/wallwatch", code=None).stdout, "", "what is pinned after remove")
    equal(t.host.sh("ls /etc/wallwatch/wallwatch.toml /etc/wallwatch/conf.d").stdout.split()[-1], "50-test.toml", "the configuration after remove")
    t.host.sh("DEBIAN_FRONTEND=noninteractive apt-get -o Dpkg::Use-Pty=0 purge -y wallwatch 2>&1")
    left = t.host.sh("find / -xdev -iname '*wallwatch*' -not -path '/proc/*'; find /run /sys/fs/bpf -iname '*wallwatch*' -not -path '/run/systemd/*/invocation*'").stdout
    equal(left.split("\n")[:-1], [], "what is left")
    equal(t.host.sh("systemctl list-units --state=active,failed --no-legend 'wallwatch*'").stdout, "", "units that run or failed")
