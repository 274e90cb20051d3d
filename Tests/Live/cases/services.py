"""Firewall services in a container with a real systemd: who began and ended them, and on whose behalf firewalld acts."""
import contextlib
import os
import signal
import time

from harness.daemon import GOOD, Daemon, watching
from harness.outcome import Failed, Skipped, case, check, equal
from harness.systemd import Container

booted, hindrance = None, None


@contextlib.contextmanager
def container(t):
    """Booted once for all of these tests; the last one ends it. Where it does not boot, nobody tries again."""
    global booted, hindrance
    if t.in_vm:
        t.skip("the emulated machine has no systemd")
    if hindrance:
        raise hindrance
    if booted is None:
        try:
            booted = Container(t.patience)
        except (Failed, Skipped) as failure:
            hindrance = failure
            raise
    yield booted


def told(t, mark, action, wanted=lambda line: True):
    found = lambda line: line.action == action and wanted(line)  # noqa: E731
    return t.daemon.wait(found, mark, 10 * t.patience, action)


def service(t, mark, kind, name, argv=None, signal=(None,), author=None):
    """The line of a service that began or ended: by whom, and on whose behalf."""
    line = told(t, mark, f"firewall-service-{kind}", lambda line: line.get("wallwatch.service.name") == name)
    equal({key: value for key, value in line.get("wallwatch.service.netns").items() if key != "cookie"}, {"id": booted.netns, "is_host": False}, "service.netns", [line])
    check(line.get("wallwatch.service.signal") in signal, f"service.signal: expected {signal}", [line])
    if argv:
        asked(line, argv)
    else:
        check("initiator" not in line.get("wallwatch"), "an initiator where nobody asked", [line])
    if author:
        equal(line.get("process.name"), author, "process.name", [line])
    return line


def asked(line, argv, confidence="probable", user="root"):
    equal(line.get("wallwatch.initiator.confidence"), confidence, "initiator.confidence", [line])
    command = line.get("wallwatch.initiator.command_line", "")
    check(command.endswith(argv), f"the initiator should have run {argv!r}: {command!r}", [line])
    equal(line.get("wallwatch.initiator.user.name"), user, "initiator.user", [line])


def ready(t, box):
    """firewalld has its name on the bus before its rules are there."""
    deadline = time.monotonic() + 60 * t.patience
    while (state := box.run("firewall-cmd --state", code=None)).returncode or "filter_INPUT" not in box.run("nft list ruleset").stdout:
        check(time.monotonic() < deadline, f"firewalld's rules never came: {state.stdout} {state.stderr}")
        time.sleep(0.1)


def changes(t, mark):
    """All changes in the container, of which there is one at least."""
    told(t, mark, "firewall-changed", lambda line: line.netns == booted.netns)
    time.sleep(0.5 * t.patience)
    return [line for line in t.daemon.since(mark) if line.action == "firewall-changed" and line.netns == booted.netns]


@case("firewalld started, asked for by systemctl, and what it then did", seconds=180)
def start(t):
    with container(t) as box:
        mark = t.daemon.mark()
        box.run("systemctl start firewalld")
        ready(t, box)
        line = service(t, mark, "started", "firewalld", "systemctl start firewalld")
        equal(line.get("wallwatch.service.unit"), "firewalld.service", "service.unit", [line])
        equal(line.get("wallwatch.unit"), "firewalld.service", "the unit", [line])
        lines = changes(t, mark)
        for line in lines:
            equal(line.get("wallwatch.process.script.path"), "/usr/sbin/firewalld", "the script", [line])
            asked(line, "systemctl start firewalld")


@case("what firewall-cmd has firewalld do names firewall-cmd: a port, a reload, panic on and off", seconds=180)
def commands(t):
    with container(t) as box:
        for option in ("--add-port=81/tcp", "--reload", "--panic-on", "--panic-off"):
            mark = t.daemon.mark()
            box.run(["firewall-cmd", option])
            lines = changes(t, mark)
            for line in lines:
                check("firewalld" in line.get("process.command_line"), "not by firewalld", [line])
                asked(line, f"/usr/bin/firewall-cmd {option}")
                check("raw_netlink" not in line.text, "firewalld is a firewall tool", [line])


@case("firewalld asked over D-Bus by busctl names it", seconds=120)
def bus(t):
    with container(t) as box:
        mark = t.daemon.mark()
        box.run("busctl call org.fedoraproject.FirewallD1 /org/fedoraproject/FirewallD1 org.fedoraproject.FirewallD1.zone addPort sssi public 82 tcp 0")
        lines = changes(t, mark)
        check("busctl call" in lines[0].get("wallwatch.initiator.command_line", ""), "the initiator", lines)


@case("firewalld restarted: ended by systemd and begun anew for systemctl, and so is what it took away", seconds=120)
def restart(t):
    with container(t) as box:
        box.run("firewall-cmd --add-port=83/tcp")
        mark = t.daemon.mark()
        box.run("systemctl restart firewalld")
        ready(t, box)
        line = service(t, mark, "stopped", "firewalld", "systemctl restart firewalld", signal=(15,), author="systemd")
        equal((line.get("wallwatch.service.exit_code"), line.get("wallwatch.service.killed")), (0, False), "how it ended", [line])
        service(t, mark, "started", "firewalld", "systemctl restart firewalld")
        for line in changes(t, mark):
            asked(line, "systemctl restart firewalld")


@case("firewalld killed: by whom, and nobody asked for it", seconds=120)
def killed(t):
    with container(t) as box:
        mark = t.daemon.mark()
        pid = box.run("pgrep -f sbin/firewalld").stdout.split()[0]
        box.run(["sh", "-c", f"kill -9 {pid}; :"])
        line = service(t, mark, "stopped", "firewalld", signal=(9,), author="dash")
        equal(line.get("wallwatch.service.killed"), True, "service.killed", [line])
        check(f"kill -9 {pid}" in line.get("process.command_line"), "who killed it", [line])
        check("firewalld" in line.get("wallwatch.service.process.command_line"), "what was killed", [line])


@case("firewalld stopped and masked for systemctl", seconds=120)
def stop(t):
    with container(t) as box:
        deadline = time.monotonic() + 10 * t.patience
        # As long as systemd has not seen its end, there is nothing to start.
        while box.run("systemctl is-active firewalld", code=None).stdout.strip() == "active":
            check(time.monotonic() < deadline, "systemd did not notice that firewalld was killed")
            time.sleep(0.1)
        box.run("systemctl reset-failed firewalld", code=None)
        box.run("systemctl start firewalld")
        ready(t, box)
        mark = t.daemon.mark()
        box.run("systemctl mask --now firewalld")
        service(t, mark, "stopped", "firewalld", "systemctl mask --now firewalld", signal=(15,), author="systemd")
        lines = changes(t, mark)
        check(lines and lines[-1].get("wallwatch.change.rules.after") == 0, "its rules went with it", lines)
        for line in lines:
            asked(line, "systemctl mask --now firewalld")


@case("nftables.service, which runs nft and is gone", seconds=120)
def nftables(t):
    with container(t) as box:
        for kind, verb in (("started", "start"), ("stopped", "stop")):
            mark = t.daemon.mark()
            box.run(f"systemctl {verb} nftables")
            service(t, mark, kind, "nftables", f"systemctl {verb} nftables", author="nft")
            for line in changes(t, mark):
                equal(line.get("wallwatch.unit"), "nftables.service", "the unit", [line])
                asked(line, f"systemctl {verb} nftables")


@case("ufw, by its own command and by systemctl", seconds=240)
def ufw(t):
    with container(t) as box:
        for kind, argv in (("started", "ufw --force enable"), ("stopped", "ufw disable")):
            mark = t.daemon.mark()
            box.run(argv)
            line = service(t, mark, kind, "ufw")
            above = [ancestor.get("command_line", "") for ancestor in line.get("wallwatch.ancestry")]
            check(any(f"/usr/sbin/{argv}" in command for command in above), f"{argv} is not above: {above[:4]}", [line])
            lines = changes(t, mark)
            check(len(lines) > 20, f"only {len(lines)} changes")
            check(all(line.get("wallwatch.change.attributed") for line in lines), "not all with who made them", lines[:3])
        for kind, verb in (("started", "start"), ("stopped", "stop")):
            mark = t.daemon.mark()
            box.run(f"systemctl {verb} ufw")
            service(t, mark, kind, "ufw", f"systemctl {verb} ufw")


@case("fail2ban: its ban, and its end", seconds=180)
def fail2ban(t):
    with container(t) as box:
        mark = t.daemon.mark()
        box.run("systemctl start fail2ban")
        service(t, mark, "started", "fail2ban", "systemctl start fail2ban")
        deadline = time.monotonic() + 20 * t.patience
        while box.run("fail2ban-client status sshd", code=None).returncode:
            check(time.monotonic() < deadline, "fail2ban's jail never came")
            time.sleep(0.3)
        mark = t.daemon.mark()
        box.run("fail2ban-client set sshd banip 192.0.2.7")
        line = told(t, mark, "firewall-changed", lambda line: line.netns == box.netns and "192.0.2.7" in line.text)
        above = [ancestor.get("command_line", "") for ancestor in line.get("wallwatch.ancestry")]
        check(any("/usr/bin/fail2ban-server" in command for command in above), f"fail2ban-server is not above: {above}", [line])
        equal(line.get("wallwatch.unit"), "fail2ban.service", "the unit", [line])
        mark = t.daemon.mark()
        box.run("systemctl stop fail2ban")
        service(t, mark, "stopped", "fail2ban", "systemctl stop fail2ban", signal=(None, 15))  # by a command of its own, or by systemd after it


PYTHON = """
import dbus, sys
bus = dbus.SystemBus()
firewalld = dbus.Interface(bus.get_object('org.fedoraproject.FirewallD1', '/org/fedoraproject/FirewallD1'), 'org.fedoraproject.FirewallD1.zone')
firewalld.addPort('public', sys.argv[1], 'tcp', 0)
"""
STOP = """
import dbus, sys, time
manager = dbus.Interface(dbus.SystemBus().get_object('org.freedesktop.systemd1', '/org/freedesktop/systemd1'), 'org.freedesktop.systemd1.Manager')
manager.StopUnit(sys.argv[1], 'replace')
time.sleep(0.3)
"""
POLKIT = 'polkit.addRule(function(action, subject) { if (subject.user == "nobody" && action.id.indexOf("org.fedoraproject.FirewallD1") == 0) return polkit.Result.YES; });'


@contextlib.contextmanager
def listening(t, box, more=""):
    """A daemon that listens to the container's bus."""
    own = Daemon(t.binary, t.tier, t.patience)
    own.configure(GOOD + more)
    with open(own.config, "a", encoding="ascii") as file:
        file.write(f'[services]\nbus = "unix:path=/proc/{box.leader}/root/run/dbus/system_bus_socket"\n')
    try:
        mark = own.mark()
        started = own.start()
        if started.get("wallwatch.collector.bus") != "listened to":
            own.wait(lambda line: line.get("wallwatch.collector.bus") == "listened to", mark, 10 * t.patience, "that the bus is listened to")
        yield own
    finally:
        own.close()


@case("what is asked over the bus names its author exactly: firewall-cmd, busctl, a Python script, StopUnit", seconds=240)
def exactly(t):
    with container(t) as box:
        box.run("systemctl unmask firewalld")
        box.run("systemctl start firewalld")
        ready(t, box)
        with listening(t, box) as own:
            deeds = (
                (["firewall-cmd", "--add-port=91/tcp"], "/usr/bin/firewall-cmd --add-port=91/tcp"),
                (["firewall-cmd", "--panic-on"], "--panic-on"), (["firewall-cmd", "--panic-off"], "--panic-off"),
                ("busctl call org.fedoraproject.FirewallD1 /org/fedoraproject/FirewallD1 org.fedoraproject.FirewallD1.zone addPort sssi public 92 tcp 0", "public 92 tcp 0"),
                (["python3", "-c", PYTHON, "93"], "93"), (["firewall-cmd", "--reload"], "--reload"))
            for argv, ending in deeds:
                mark = own.mark()
                box.run(argv)
                wanted = lambda line: line.action == "firewall-changed" and line.netns == box.netns  # noqa: E731
                own.wait(wanted, mark, 10 * t.patience, f"firewall-changed for {argv}")
                time.sleep(0.5 * t.patience)
                for line in own.since(mark):
                    if wanted(line):
                        asked(line, ending, "exact")
            # A user that polkit lets do it.
            box.run(["sh", "-c", f"mkdir -p /etc/polkit-1/rules.d && echo '{POLKIT}' > /etc/polkit-1/rules.d/10-test.rules"])
            mark, deadline = own.mark(), time.monotonic() + 10 * t.patience
            while box.run(["runuser", "-u", "nobody", "--", "python3", "-c", PYTHON, "94"], code=None).returncode:
                check(time.monotonic() < deadline, "polkit did not let nobody do it")
                time.sleep(0.5)
            line = own.wait(wanted, mark, 10 * t.patience, "firewall-changed by nobody")
            asked(line, "94", "exact", user="nobody")
            # Who asks in vain is not the one who had it done.
            mark = own.mark()
            vain = box.run(["runuser", "-u", "nobody", "--", "python3", "-c", STOP, "firewalld.service"], code=None)
            check(vain.returncode != 0, "systemd stopped firewalld for nobody")
            box.run("systemctl stop firewalld")
            line = own.wait(lambda line: line.action == "firewall-service-stopped", mark, 20 * t.patience, "firewall-service-stopped")
            asked(line, "systemctl stop firewalld")
            box.run("systemctl start firewalld")
            mark = own.mark()
            box.run(["python3", "-c", STOP, "firewalld.service"])
            line = own.wait(lambda line: line.action == "firewall-service-stopped", mark, 20 * t.patience, "firewall-service-stopped")
            asked(line, "firewalld.service", "exact")


@case("alerts: none for reloads, restarts, bans; one for firewalld killed, for it stopped, for ufw disabled, each by its author", seconds=400)
def alerts(t):
    with container(t) as box, listening(t, box, "[detection]\nother_namespaces = 100\n") as own:
        box.run("systemctl start firewalld")
        ready(t, box)
        time.sleep(3 * t.patience)
        mark = own.mark()

        def raised(name, argv, wanted=()):
            begun = own.mark()
            box.run(argv)
            if not wanted:
                time.sleep(2.5 * t.patience)
                return own.since(begun, None, "firewall-alert")
            return own.wait(lambda line: line.action == "firewall-alert" and line.get("wallwatch.alert.state") != "resolved" and set(wanted) <= set(line.get("wallwatch.alert.rule_ids")), begun, 20 * t.patience, f"an alert {wanted} for {name}")

        for argv in ("firewall-cmd --add-port=101/tcp", "firewall-cmd --remove-port=101/tcp", "firewall-cmd --reload", "firewall-cmd --complete-reload", "systemctl restart firewalld"):
            found = raised(argv, argv)
            check(not found, f"an alert for {argv}", found)
        ready(t, box)
        box.run("systemctl start fail2ban")
        deadline = time.monotonic() + 20 * t.patience
        while box.run("fail2ban-client status sshd", code=None).returncode:
            check(time.monotonic() < deadline, "fail2ban's jail never came")
            time.sleep(0.3)
        for argv in ("fail2ban-client set sshd banip 192.0.2.7", "fail2ban-client set sshd banip 192.0.2.8", "fail2ban-client set sshd unbanip 192.0.2.7", "systemctl restart fail2ban"):
            found = raised(argv, argv)
            check(not found, f"an alert for {argv}", found)
        found = own.since(mark, None, "firewall-alert")
        check(not found, "an alert for ordinary work", found)
        line = raised("a stop of fail2ban", ["systemctl", "stop", "fail2ban"], ("WW008",))
        equal((line.get("event.severity"), line.get("wallwatch.alert.rule_ids")), (21, ["WW008"]), "severity and rules", [line])
        asked(line, "systemctl stop fail2ban")
        pid = box.run("pgrep -f sbin/firewalld").stdout.split()[0]
        line = raised("a kill", ["sh", "-c", f"kill -9 {pid}; :"], ("WW008",))
        check(f"kill -9 {pid}" in line.get("process.command_line"), "who killed it", [line])
        box.run("systemctl reset-failed firewalld", code=None)
        box.run("systemctl restart firewalld")
        ready(t, box)
        time.sleep(12 * t.patience)
        line = raised("a stop", ["systemctl", "stop", "firewalld"], ("WW002", "WW008"))
        asked(line, "systemctl stop firewalld")
        box.run("ufw --force enable")
        time.sleep(5 * t.patience)
        found = [line for line in raised("a reload", "ufw reload") if line.get("wallwatch.alert.state") != "resolved"]
        check(not found, "an alert for ufw reload", found)
        line = raised("ufw disable", "ufw disable", ("WW003",))
        check(any("/usr/sbin/ufw disable" in ancestor.get("command_line", "") for ancestor in line.get("wallwatch.ancestry")), "ufw is not above", [line])


MY_FW = "#!/usr/bin/python3\nimport signal\nsignal.pause()\n"
MY_UNIT = "[Service]\nExecStart=/opt/my/fw\n"
WATCH = '[services]\nwatch = [{ name = "my-fw", units = ["my-fw.service"], programs = ["/opt/my/fw"] }]\n'


@case("a service of the operator's own: begun and ended for systemctl, killed, and another program that is none", seconds=120)
def own_service(t):
    with container(t) as box:
        box.write("/opt/my/fw", MY_FW, 0o755)
        box.write("/opt/my/other", MY_FW, 0o755)
        box.write("/etc/systemd/system/my-fw.service", MY_UNIT)
        box.write("/etc/systemd/system/other.service", MY_UNIT.replace("fw", "other"))
        box.run("systemctl daemon-reload")
        with watching(t, GOOD + WATCH) as own:
            ours = lambda line: line.action.startswith("firewall-service-") and line.get("wallwatch.service.netns.id") == box.netns  # noqa: E731
            first = own.mark()
            box.run("systemctl start other")

            def told(argv, kind, number=None):
                mark = own.mark()
                box.run(argv)
                line = own.wait(ours, mark, 10 * t.patience, f"firewall-service-{kind}")
                equal((line.action, line.get("wallwatch.service.name"), line.get("wallwatch.service.signal")), (f"firewall-service-{kind}", "my-fw", number), "the service", [line])
                return line

            asked(told("systemctl start my-fw", "started"), "systemctl start my-fw")
            asked(told("systemctl stop my-fw", "stopped", 15), "systemctl stop my-fw")
            asked(told("systemctl start my-fw", "started"), "systemctl start my-fw")
            pid = box.run("pgrep -f /opt/my/fw").stdout.split()[0]
            line = told(["sh", "-c", f"kill -9 {pid}; :"], "stopped", 9)
            check(f"kill -9 {pid}" in line.get("process.command_line"), "who killed it", [line])
            lines = [line for line in own.since(first) if ours(line)]
            equal(len(lines), 4, "lines", lines)


@case("netfilter-persistent, which loads the rules of iptables", seconds=240)
def persistent(t):
    if t.in_vm:
        t.skip("the emulated machine has no systemd")
    # (A container of its own: the package and ufw exclude each other.)
    with Container(t.patience, ["iptables-persistent"]) as box:
        box.write("/etc/iptables/rules.v4", "*filter\n:INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n")
        for kind, argv in (("started", "systemctl start netfilter-persistent"), ("stopped", "netfilter-persistent flush"), ("stopped", "systemctl stop netfilter-persistent")):
            mark = t.daemon.mark()
            box.run(argv)
            wanted = lambda line: line.action == f"firewall-service-{kind}" and line.get("wallwatch.service.netns.id") == box.netns  # noqa: E731
            line = t.daemon.wait(wanted, mark, 10 * t.patience, f"firewall-service-{kind} for {argv}")
            equal(line.get("wallwatch.service.name"), "netfilter-persistent", "service.name", [line])
            if argv.startswith("systemctl"):
                asked(line, argv)
                equal(line.get("wallwatch.unit"), "netfilter-persistent.service", "the unit", [line])
            else:
                check("initiator" not in line.get("wallwatch"), "an initiator where nobody asked", [line])


@case("a daemon that starts later knows which services run", seconds=120)
def later(t):
    with container(t) as box:
        box.run("systemctl unmask firewalld")
        box.run("systemctl start firewalld")
        own = Daemon(t.binary, t.tier, t.patience)
        try:
            started = own.start()
            check("firewalld" in started.get("wallwatch.collector.services", []), "collector.services", [started])
            mark = own.mark()
            box.run("systemctl stop firewalld")
            line = own.wait(lambda line: line.action == "firewall-service-stopped", mark, 10 * t.patience, "firewall-service-stopped")
            asked(line, "systemctl stop firewalld")
        finally:
            own.close()


def stopped(own, mark, box, name):
    """The line of a service of this container that ended."""
    wanted = lambda line: line.action == "firewall-service-stopped" and line.get("wallwatch.service.name") == name and line.get("wallwatch.service.netns.id") == box.netns  # noqa: E731
    return own.wait(wanted, mark, 60 * own.patience, f"firewall-service-stopped of {name}")


LOGIND = "busctl call org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager Reboot b false"


@case("a service that ends with its machine says so: by systemctl, by a signal to its manager, by the login manager", seconds=300)
def ends_with_it(t):
    if t.in_vm:
        t.skip("the emulated machine has no systemd")

    def run(own, how):
        with Container(t.patience) as box:
            box.run("systemctl start nftables")
            mark = own.mark()
            box.run("systemctl start fail2ban")
            own.wait(lambda line: line.action == "firewall-service-started" and line.get("wallwatch.service.netns.id") == box.netns, mark, 10 * t.patience, "firewall-service-started")
            # Stopped by hand it does not say so, also not with a shutdown that is to come in an hour.
            box.run("shutdown +60")
            mark = own.mark()
            box.run("systemctl stop nftables")
            line = stopped(own, mark, box, "nftables")
            check(line.get("wallwatch.service.shutting_down") is None, "nothing shuts down", [line])
            box.run("shutdown -c")
            box.run("systemctl start nftables")
            mark = own.mark()
            how(box)
            for name in ("fail2ban", "nftables"):
                line = stopped(own, mark, box, name)
                equal(line.get("wallwatch.service.shutting_down"), True, f"{name}: service.shutting_down", [line])

    # (The second has the numbers of the first one's namespaces, as a rule.)
    run(t.daemon, lambda box: box.run("systemctl poweroff"))
    run(t.daemon, lambda box: os.kill(int(box.leader), signal.SIGRTMIN + 4))
    with Container(t.patience) as heard, listening(t, heard) as own:
        heard.run("systemctl start nftables")
        mark = own.mark()
        heard.run(LOGIND, code=None)
        line = stopped(own, mark, heard, "nftables")
        equal(line.get("wallwatch.service.shutting_down"), True, "service.shutting_down", [line])


@case("the container ends", seconds=60)
def end(t):
    global booted
    with container(t):
        pass
    booted.close()
    check(not os.path.exists(f"/proc/{booted.process.pid}"), "systemd-nspawn is still there")
    booted = None
