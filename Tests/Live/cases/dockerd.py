"""Docker in a container with a real systemd: what dockerd has iptables do, and on whose behalf."""
import contextlib
import json
import os
import signal
import subprocess

from cases.services import asked
from harness.outcome import case, check, equal
from harness.systemd import Container

API = """
import json, socket, sys
body = json.dumps({"Name": sys.argv[1]})
with socket.socket(socket.AF_UNIX) as to:
    to.connect("/run/docker.sock")
    to.sendall(f"POST /networks/create HTTP/1.1\\r\\nHost: docker\\r\\nContent-Type: application/json\\r\\nConnection: close\\r\\nContent-Length: {len(body)}\\r\\n\\r\\n{body}".encode())
    answer = to.makefile().readline()
assert " 201 " in answer, answer
"""

IDLE = """
import socket, sys
to = socket.socket(socket.AF_UNIX)
to.connect("/run/docker.sock")
to.sendall(b"GET /_ping HTTP/1.1\\r\\nHost: docker\\r\\n\\r\\n")
to.recv(1)
print("connected", flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def docker(t):
    if t.in_vm:
        t.skip("the emulated machine has no systemd")
    with Container(t.patience, ["docker.io"]) as box:
        box.write("/etc/docker/daemon.json", json.dumps({"storage-driver": "vfs"}))
        yield box


def changes(t, box, argv, minimum):
    """The changes in the container that a deed gave, each by iptables below dockerd."""
    mark = t.daemon.mark()
    box.run(argv)
    t.daemon.fence()
    lines = [line for line in t.daemon.since(mark, None, "firewall-changed") if line.netns == box.netns]
    check(len(lines) >= minimum, f"only {len(lines)} changes", lines)
    for line in lines:
        check(line.get("process.name").startswith("xtables-"), "not by iptables", [line])
        check(any(above.get("executable") == "/usr/sbin/dockerd" for above in line.get("wallwatch.ancestry")), "dockerd is not above", [line])
        equal(line.get("wallwatch.unit"), "docker.service", "the unit", [line])
    return lines


@case("dockerd's start, and networks that are made and removed, name systemctl and docker", seconds=240)
def deeds(t):
    with docker(t) as box:
        for argv, minimum in (("systemctl start docker", 10), ("docker network create n1", 4), ("docker network rm n1", 4), ("systemctl restart docker", 1)):
            box.run("docker network ls", code=None)
            for line in changes(t, box, argv, minimum):
                asked(line, argv)


@contextlib.contextmanager
def beside(box, argv):
    """A program that runs beside."""
    process = subprocess.Popen(box.argv(argv), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # nsenter and what it runs
        process.communicate()


def named(lines):
    """Whom these lines name: commands, None for nobody."""
    for line in lines:
        confidence, command = line.get("wallwatch.initiator.confidence"), line.get("wallwatch.initiator.command_line")
        equal(confidence, "probable" if command else "unknown", "initiator.confidence", [line])
        yield command


@case("a request to dockerd by another program than docker names it, with a client beside that only asks", seconds=240)
def api(t):
    with docker(t) as box:
        box.run("systemctl start docker")
        with beside(box, "docker events"):
            # Where the processors are busy the one who asked may be gone when it is looked: then nobody is named.
            for number in range(5):
                t.daemon.fence()
                commands = set(named(changes(t, box, ["python3", "-c", API, f"n{number}"], 4)))
                check(all(command is None or command.endswith(f" n{number}") for command in commands), f"somebody else is named: {commands}")
                if None not in commands:
                    return
        check(False, "five times not all lines named who asked")


@case("two programs connected to dockerd: neither is named", seconds=240)
def two(t):
    with docker(t) as box:
        box.run("systemctl start docker")
        with beside(box, ["python3", "-c", IDLE]) as idle:
            equal(idle.stdout.readline(), "connected\n", "what the idle one says")
            t.daemon.fence()
            equal(set(named(changes(t, box, ["python3", "-c", API, "n"], 4))), {None}, "who is named")
