"""The daemon's stdout goes to the journal, and from there to another machine: contrib/shippers/journald."""
import json

from harness.outcome import case, check
from shipping.compare import await_all
from shipping.machine import Machine

PACKAGES = ("systemd-journal-remote",)
FILES = [
    ("journald/wallwatch.service.d-journal.conf", "/etc/systemd/system/wallwatch.service.d/journal.conf"),
    ("journald/journald.conf.d-wallwatch.conf", "/etc/systemd/journald.conf.d/wallwatch.conf"),
    ("journald/journal-upload.conf", "/etc/systemd/journal-upload.conf"),
    ("journald/systemd-journal-upload.service.d-wallwatch.conf", "/etc/systemd/system/systemd-journal-upload.service.d/wallwatch.conf"),
    ("journald/systemd-journal-remote.service.d-http.conf", "/etc/systemd/system/systemd-journal-remote.service.d/http.conf"),
]
# Stands for the daemon: what it is handed goes to stdout, one write a line, with a pause between if asked.
WRITER = """
import os, sys, time
for line in open(sys.argv[1], "rb"):
    assert os.write(1, line) == len(line)
    time.sleep(float(sys.argv[2]))
"""
# The site's own limit, which must not hold for the daemon.
STRICT = "[Journal]\nRateLimitIntervalSec=1h\nRateLimitBurst=50\n"
UNIT = "[Service]\nType=exec\nExecStart=/usr/bin/python3 /var/tmp/writer.py /var/tmp/stream.jsonl {pause}\nStandardError=null\n"


class Journal:
    def __init__(self, files=FILES):
        self.machine = Machine(PACKAGES, files)
        self.machine.write("/etc/systemd/journald.conf.d/strict.conf", STRICT)
        self.machine.write("/var/tmp/writer.py", WRITER)
        self.machine.run("systemctl daemon-reload")
        self.machine.run("systemctl restart systemd-journald")
        self.since = None

    def start(self, stream, pause=0.0):
        """The unit writes the stream; entries from before do not count."""
        self.machine.run("systemctl stop wallwatch", code=None)
        with open(self.machine.root + "/var/tmp/stream.jsonl", "wb") as file:
            file.writelines(line + b"\n" for line in stream)
        self.machine.write("/etc/systemd/system/wallwatch.service", UNIT.format(pause=pause))
        self.machine.run("systemctl daemon-reload")
        self.machine.run("systemctl start wallwatch")
        self.since = self.machine.run("systemctl show -P InvocationID wallwatch").stdout.strip()

    def entries(self, where=""):
        """The messages of the unit's present run, from journalctl's JSON."""
        listed = self.machine.run(f"journalctl {where} -o json --all --no-pager _SYSTEMD_INVOCATION_ID={self.since} _TRANSPORT=stdout", code=None).stdout
        found = []
        for entry in map(json.loads, listed.splitlines()):
            message = entry.get("MESSAGE") or ""  # null: longer than journalctl shows; a list: bytes that are no UTF-8
            found.append(bytes(message) if isinstance(message, list) else message.encode("utf-8"))
        return found

    def close(self):
        self.machine.close()


@case("every line is in the journal as it was sent", seconds=150)
def whole(t):
    journal = t.hold(Journal)
    journal.start(t.stream)
    await_all(t.stream, journal.entries, 60, "journalctl -o json --all")
    text = journal.machine.run(["sh", "-c", f"journalctl -o cat --no-pager _SYSTEMD_INVOCATION_ID={journal.since} _TRANSPORT=stdout | sha256sum; sha256sum < /var/tmp/stream.jsonl"]).stdout.split()
    check(text[0] == text[2], "journalctl -o cat is not the same bytes")
    return f"{len(t.stream)} lines, systemd {journal.machine.version('systemd')}"


@case("journald is restarted five times under way", seconds=150)
def restarted(t):
    journal = t.hold(Journal)
    stream = t.part(1)
    journal.start(stream, pause=2.5 / len(stream))
    for _ in range(5):
        journal.machine.run("sleep 0.3")
        journal.machine.restart("systemd-journald")
    await_all(stream, journal.entries, 30, "journalctl after restarts of journald")


@case("journal-upload and journal-remote bring every line to another machine, which is away meanwhile", seconds=150)
def remote(t):
    journal = t.hold(Journal)
    machine = journal.machine
    machine.run("systemctl start systemd-journal-remote.socket")
    machine.restart("systemd-journal-upload")
    journal.start(t.stream)
    read = lambda: journal.entries("--directory=/var/log/journal/remote")  # noqa: E731
    await_all(t.stream, read, 60, "journal-remote")
    machine.run("systemctl stop systemd-journal-remote.socket systemd-journal-remote.service")
    stream = t.part(2)
    journal.start(stream)
    await_all(stream, journal.entries, 30, "the journal while the other machine is away")
    check(not read(), "something arrived at a machine that was away")
    machine.run("systemctl start systemd-journal-remote.socket")
    await_all(stream, read, 60, "journal-remote, after it was away")
    return f"systemd-journal-remote {machine.version('systemd-journal-remote')}"
