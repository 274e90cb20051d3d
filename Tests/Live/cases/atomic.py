"""The Linux tests of Atomic Red Team's T1686, formerly T1562.004 (Disable or Modify System Firewall), restated, in a container with a
real systemd and ufw: each is told by the event and with the author that it should.

After redcanaryco/atomic-red-team, atomics/T1686/T1686.yaml at 4a256c656b80031723e55a7b261e431956b77c73; the numbers are the places in
that list. The others of it are for Windows and ESXi. Two that are listed for Linux are not of it:

     8  Stop/Start Packet Filter              pf of FreeBSD (`service pf stop`, kldstat): there is none on Linux
    12  Add and delete Packet Filter rules    pf of FreeBSD (pfctl)
"""
import shutil

from cases.services import asked
from harness.daemon import GOOD, Daemon
from harness.outcome import Failed, Skipped, case, check, equal
from harness.systemd import Container

# What is done, after what, and how it is told: firewall-changed by an operation and the chain, a service by its name, a file
# by its path and a line of its difference. The author is the program itself, or is below it.
CHANGED, FILE, STOPPED, SILENT = "firewall-changed", "firewall-config-changed", "firewall-service-stopped", "nothing"
ON = ["ufw --force enable"]
COMMENT = "# a remark at the end"
TESTS = [
    (7, "Stop/Start UFW firewall", ON, "ufw disable", [(STOPPED, "ufw"), (CHANGED, "policy", None), (FILE, "/etc/ufw/ufw.conf", "+ENABLED=no")]),
    (9, "Stop/Start UFW firewall systemctl", [*ON, "systemctl restart ufw"], "systemctl stop ufw", [(STOPPED, "ufw"), (CHANGED, "policy", None)]),
    (10, "Turn off UFW logging", [*ON, "ufw logging low"], "ufw logging off", [(CHANGED, "flush-chain", "ufw-after-logging-input"), (FILE, "/etc/ufw/ufw.conf", "+LOGLEVEL=off")]),
    (11, "Add and delete UFW firewall rules", ON, "ufw prepend deny from 192.0.2.4", [(CHANGED, "add-rule", "ufw-user-input"), (FILE, "/etc/ufw/user.rules", "+-A ufw-user-input -s 192.0.2.4 -j DROP")]),
    (11, "Add and delete UFW firewall rules: what cleans up", [], "ufw --force delete 1", [(CHANGED, "flush-chain", "ufw-user-input"), (FILE, "/etc/ufw/user.rules", "--A ufw-user-input -s 192.0.2.4 -j DROP")]),
    (13, "Edit UFW firewall user.rules file", [], f"echo '{COMMENT}' >>/etc/ufw/user.rules", [(FILE, "/etc/ufw/user.rules", "+" + COMMENT)]),
    (14, "Edit UFW firewall ufw.conf file", [], f"echo '{COMMENT}' >>/etc/ufw/ufw.conf", [(FILE, "/etc/ufw/ufw.conf", "+" + COMMENT)]),
    (15, "Edit UFW firewall sysctl.conf file", [], f"echo '{COMMENT}' >>/etc/ufw/sysctl.conf", [(FILE, "/etc/ufw/sysctl.conf", "+" + COMMENT)]),
    (16, "Edit UFW firewall main configuration file", [], f"echo '{COMMENT}' >>/etc/default/ufw", [(FILE, "/etc/default/ufw", "+" + COMMENT)]),
    (17, "Tail the UFW firewall log file", ["touch /var/log/ufw.log"], "tail /var/log/ufw.log", [(SILENT,)]),  # reads what was logged, and changes nothing
    (18, "Disable iptables", ON, "iptables -F", [(CHANGED, "flush-table", None)]),
    (19, "Modify/delete iptables firewall rules", ["iptables -A OUTPUT -p tcp --dport 21 -j DROP"], "iptables -D OUTPUT -p tcp --dport 21 -j DROP", [(CHANGED, "delete-rule", "OUTPUT")]),
]
booted, hindrance = None, None


class Machine:
    """A container, and a daemon that watches its firewall and its /etc."""

    def __init__(self, t):
        if t.in_vm:
            t.skip("the emulated machine has no systemd")
        self.box = Container(t.patience)
        # On a file system that says who changes what, as a disk does.
        self.box.run(["sh", "-c", "cp -a /etc /run/etc && mount --bind /run/etc /etc"])
        self.own = Daemon(t.binary, t.tier, t.patience)
        self.own.configure(GOOD)
        self.own.start(before=[shutil.which("python3"), t.deed("borrow_etc.py"), self.box.leader])

    def close(self):
        self.own.close()
        self.box.close()


def machine(t):
    """Booted once for all of these tests; where it does not boot, nobody tries again."""
    global booted, hindrance
    if hindrance:
        raise hindrance
    if booted is None:
        try:
            booted = Machine(t)
        except (Failed, Skipped) as failure:
            hindrance = failure
            raise
    return booted


def words(line):
    """The chains that a change names, and its rules in words."""
    return " ".join(rule.get(key, "") for op in line.ops() for rule in (op, *op.get("rules", [])) for key in ("chain", "rule"))


def fits(line, box, event, wanted):
    if line.action != event:
        return False
    if event == STOPPED:
        return line.get("wallwatch.service.netns.id") == box.netns and line.get("wallwatch.service.name") == wanted[0]
    if event == FILE:
        return line.get("file.path") == wanted[0] and wanted[1] in line.get("wallwatch.config_file.diff", [])
    return line.netns == box.netns and any(op["op"] == wanted[0] for op in line.ops()) and (wanted[1] or "") in words(line)


def by(line, command, event):
    """Who did it: the command itself, or what it ran; or he who asked systemd."""
    if command.startswith("systemctl"):
        return asked(line, command)
    above = [line.get("process.command_line", "")] + [task.get("command_line", "") for task in line.get("wallwatch.ancestry", [])]
    check(any(words.endswith(command) for words in above), f"{command} is not above: {above[:4]}", [line])
    if event != STOPPED:
        # (A service that is a script is its own author.)
        check(line.get("process.user.name") == "root", "process.user", [line])


def perform(number, name, before, command, told):
    def test(t):
        there = machine(t)
        own, box = there.own, there.box
        for words in before:
            box.run(words)
        own.fence()
        mark = own.mark()
        box.run(["sh", "-c", command] if command.startswith("echo") else command)
        own.fence()
        for event, *wanted in told:
            if event == SILENT:
                lines = own.since(mark, None, CHANGED, FILE, STOPPED, "firewall-service-started")
                equal(lines, [], "lines of what changes nothing", lines)
                continue
            line = own.wait(lambda line: fits(line, box, event, wanted), mark, 10 * t.patience, f"{event} {wanted}")
            by(line, command, event)

    shown = ", ".join(event for event, *_ in told)
    case(f"{number}, {name}: {shown}", seconds=120)(test)


for row in TESTS:
    perform(*row)


@case("the machine of these ends", seconds=60)
def end(t):
    global booted
    machine(t).close()
    booted = None
