"""Switches of netfilter below /proc/sys that are turned in the running kernel: by whom, from what to what, in which namespace."""
import os
import shutil
import subprocess

from cases.restart import daemon
from harness.outcome import KERNEL, case, check, equal
from harness.process import check_process
from harness.test import which

LIBERAL, LOOSE = "net/netfilter/nf_conntrack_tcp_be_liberal", "net/netfilter/nf_conntrack_tcp_loose"


def there(t, path, module):
    """Has the switch be there; a virtual machine may need its module."""
    inside = lambda: t.run(["test", "-e", f"/proc/sys/{path}"], code=None).code == 0  # noqa: E731
    if not inside() and t.in_vm:
        subprocess.run(["modprobe", module], check=False)
    if not inside():
        t.skip(f"this kernel has no {path}")


def read(ns, path):
    return ns.run(["cat", f"/proc/sys/{path}"]).out.strip()


def written(own, mark, ns, path, before, after, weaker=True):
    """The line of a switch that was written."""
    name = path.replace("/", ".")
    wanted = lambda line: line.action == "firewall-sysctl-changed" and line.get("wallwatch.sysctl.name") == name  # noqa: E731
    line = own.wait(wanted, mark, 5 * own.patience, f"firewall-sysctl-changed of {name}")
    found = line.get("wallwatch.sysctl")
    equal(found, {"name": name, "before": before, "after": after, **({"weaker": True} if weaker else {})}, "sysctl", [line])
    equal({key: value for key, value in line.get("wallwatch.netns").items() if key != "cookie"}, {"id": ns.id, "is_host": False}, "netns", [line])
    equal((line.get("event.kind"), line.get("event.category"), line.get("event.type"), line.get("event.outcome")), ("event", ["configuration"], ["change"], "success"), "the event", [line])
    equal(line.get("file.path"), f"/proc/sys/{path}", "file.path", [line])
    equal(line.get("event.reason") is not None, weaker or "pass-vlan" in name, "whether there is a reason", [line])
    equal(len(own.since(mark, None, "firewall-sysctl-changed")), 1, "lines", own.since(mark))
    return line


def turn(t, path, ways):
    """Turns a switch in each of these ways, and back."""
    for argv, before, after, weaker in ways:
        mark = t.daemon.mark()
        done = t.run(argv)
        line = written(t.daemon, mark, t.ns, path, before, after, weaker)
        check_process(line, which(argv[0]), argv, done.pid)


@case("a switch of conntrack is turned by sysctl, by a shell, by Python with blanks before and behind")
def ways(t):
    there(t, LIBERAL, "nf_conntrack")
    file = f"/proc/sys/{LIBERAL}"
    tool = shutil.which("sysctl")  # the emulated machine has none
    turn(t, LIBERAL, [
        ([tool, "-q", "-w", LIBERAL.replace("/", ".") + "=1"] if tool else ["/bin/sh", "-c", f"printf 1 >{file}"], "0", "1", True),
        (["/bin/sh", "-c", f"echo 0 >{file}"], "1", "0", False),
        (["/usr/bin/python3", "-c", f"open({file!r}, 'wb', buffering=0).write(b' \\t' * 20 + b'0x1 ')"], "0", "0x1", True),
    ])
    equal(read(t.ns, LIBERAL), "1", "what stands")


@case("a switch is turned by io_uring: at once, by a worker thread, by a polling thread")
def uring(t):
    there(t, LOOSE, "nf_conntrack")
    t.prepare(["/bin/sh", "-c", f"echo 0 >/proc/sys/{LOOSE}"])
    for way, before, after in (("write", "0", "1"), ("write-async", "1", "0"), ("write-sqpoll", "0", "1")):
        mark = t.daemon.mark()
        argv = [t.deed("uring"), way, f"/proc/sys/{LOOSE}", after]
        done = t.run(argv, code=None)
        if done.code == 9 and way == "write-sqpoll":
            continue  # before 5.11 a polled queue takes registered files alone
        equal(done.code, 0, f"what {way} ended with")
        equal(read(t.ns, LOOSE), after, f"what stands after {way}")
        line = written(t.daemon, mark, t.ns, LOOSE, before, after, after == "1")
        equal(line.get("process.pid"), done.pid, "process.pid", [line])


@case("a switch of bridges is turned off")
def bridges(t):
    for name in ("bridge-nf-call-iptables", "bridge-nf-call-ip6tables", "bridge-nf-call-arptables"):
        path = f"net/bridge/{name}"
        there(t, path, "br_netfilter")
        turn(t, path, [(["/bin/sh", "-c", f"echo {after} >/proc/sys/{path}"], before, after, after == "0") for before, after in (("1", "0"), ("0", "1"))])
    for name in ("bridge-nf-filter-vlan-tagged", "bridge-nf-filter-pppoe-tagged", "bridge-nf-pass-vlan-input-dev"):
        path = f"net/bridge/{name}"
        turn(t, path, [(["/bin/sh", "-c", f"echo {after} >/proc/sys/{path}"], before, after, after == "0" and "pass" not in name) for before, after in (("0", "1"), ("1", "0"))])


@case("the switch is that of the namespace in which it was opened, wherever it is written from")
def elsewhere(t):
    there(t, LIBERAL, "nf_conntrack")
    other = t.netns()
    mark = t.daemon.mark()
    code = f"import os\nfile = os.open('/proc/sys/{LIBERAL}', os.O_WRONLY)\nimport ctypes\nhere = os.open('/run/netns/{other.name}', os.O_RDONLY)\nassert ctypes.CDLL(None).setns(here, 0x40000000) == 0\nos.write(file, b'1')\n"
    done = t.run(["/usr/bin/python3", "-c", code])
    line = written(t.daemon, mark, t.ns, LIBERAL, "0", "1")
    equal((line.get("process.pid"), line.get("wallwatch.process.namespaces.net")), (done.pid, other.id), "who, and where he is", [line])
    equal((read(t.ns, LIBERAL), read(other, LIBERAL)), ("1", "0"), "what stands here and there")


@case("what changes nothing is not told: reading, the same value, another switch, an attempt of nobody's")
def silent(t):
    there(t, LIBERAL, "nf_conntrack")
    mark = t.daemon.mark()
    for words in (f"cat /proc/sys/{LIBERAL}", f"echo 0 >/proc/sys/{LIBERAL}", "echo 1 >/proc/sys/net/ipv4/ip_forward", "echo 60 >/proc/sys/net/netfilter/nf_conntrack_generic_timeout"):
        t.run(["/bin/sh", "-c", words])
    check(t.run(["setpriv", "--reuid=65534", "--clear-groups", "/bin/sh", "-c", f"echo 1 >/proc/sys/{LIBERAL}"], code=None).code, "nobody may write it")
    t.daemon.fence(t.ns)
    lines = t.daemon.since(mark, None, "firewall-sysctl-changed")
    check(not lines, "a line of what changed nothing", lines)


@case("a switch that is turned while no daemon runs is told by the next one, with who did it", depends=KERNEL)
def down(t):
    there(t, LIBERAL, "nf_conntrack")
    with daemon(t) as (own, ns):
        own.kill()
        mark = own.mark()
        done = ns.run(["/bin/sh", "-c", f"echo 1 >/proc/sys/{LIBERAL}"])
        own.start()
        line = written(own, mark, ns, LIBERAL, "0", "1")
        equal((line.get("process.pid"), line.get("process.name")), (done.pid, os.path.basename(os.path.realpath("/bin/sh"))), "who", [line])
        own.stop()
        mark = own.mark()
        own.start()
        own.fence(ns)
        equal(own.since(mark, None, "firewall-sysctl-changed"), [], "lines of what was told")
