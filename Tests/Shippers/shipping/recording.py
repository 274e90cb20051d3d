"""A recorded hostile stream: what the real daemon writes while deeds are done that make its lines as strange as they get."""
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

from harness.daemon import Daemon
from harness.line import TIMESTAMP, Line
from harness.outcome import Failed, check

HERE = os.path.dirname(os.path.realpath(__file__))
DEED = os.path.join(HERE, "..", "deeds", "hostile.py")
RAW_NETLINK = os.path.join(HERE, "..", "..", "Live", "deeds")

# Bytes that shippers, parsers and terminals have been seen to trip over.
ODD = {
    "binary": bytes(range(1, 256)),
    "not UTF-8": b"\xff\xfe\x80\xc0\xaf\xf8\x88\x80\x80\x80 \xe2\x82",
    "surrogates": b"\xed\xa0\x80\xed\xbf\xbf \xed\xa0\xbd\xed\xb8\x80",  # CESU-8, lone and paired
    "surrogates in words": rb"\ud800 \udfff \ud83d\ude00 \u0000 \uFFFF \u{1F600}",
    "escapes": rb"\x00 \x5c \xff \\x41 \\ \n \t \" \' %00 %0a %s%n &quot; &#0;",
    "quotes": b"'\"`\"\"\\\"\\\\\"{}[],:{\"a\":\"b\"} ${jndi:x} $(id) `id` <script> -- ;",
    "lines": b"one\ntwo\r\nthree\rfour\x0bfive\x0csix\x85seven\xc2\x85eight\xe2\x80\xa8nine\xe2\x80\xa9ten\n\n",
    "syslog": b"<34>1 2026-01-01T00:00:00Z host app - - - \xef\xbb\xbfmsg\n123 <34>1 @cee: {\"a\":1}\n<165>",
    "terminal": b"\x1b[2J\x1b]0;owned\x07\x1b[31m\x9b2J\x08\x7f",
    "emoji": "\U0001f525\U0001f469\u200d\U0001f4bb\U0001f3f4\U000e0067\U000e007f e\u0301\u0327 \u202egnol\u202c \ufeff\ufffe\uffff\U0010ffff \u4e2d\u6587 \ue0ff".encode(),
}
RULES = 5000


class Recording:
    """Lines as bytes, without their newlines, in the order in which they were written."""

    def __init__(self, lines):
        self.lines = lines
        self.bytes = sum(map(len, lines))

    def save(self, path):
        with open(path, "wb") as file:
            file.writelines(line + b"\n" for line in self.lines)

    @classmethod
    def load(cls, path):
        with open(path, "rb") as file:
            return cls(file.read().split(b"\n")[:-1])


def shell(daemon, argv, code=0, **options):
    """Runs words that may be any bytes, in the daemon's own namespace."""
    with daemon.host.inside():
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, **options)
    if code is not None and done.returncode != code:
        raise Failed(f"the deed itself went wrong: {argv[0]!r} gave {done.returncode}: {done.stderr[-400:]!r}")


def hostile(daemon, folder, odd, *more, name=None, argv0=None, cwd=None):
    """The deed with `odd` as the name of a table, a chain and a set (if the kernel takes it), in argv, and where else it is asked for."""
    environment = {b"PATH": b"/usr/bin", b"PYTHONHOME": b"/usr", b"PYTHONPATH": os.fsencode(RAW_NETLINK), b"PYTHONDONTWRITEBYTECODE": b"1"}
    program = b"/usr/bin/python3"
    if name is not None:
        program = os.path.join(os.fsencode(folder), name)
        shutil.copy("/usr/bin/python3", program)
    table = odd.replace(b"\0", b"")[:200]
    shell(daemon, [argv0 or program, DEED.encode(), table.hex().encode(), odd, *more], executable=program, env=environment, cwd=cwd)


def ruleset():
    """One transaction: a table, a set and RULES rules, many of them with a comment that says something odd."""
    words = ["\U0001f525 fire", "back\\slash \\x00 \\ud800 \\n", "<script>'%s%n", "e\u0301\u202egnol", "{a:b,c:[d]}", "日本語"]
    yield "table inet big {\n  set s { type ipv4_addr; flags interval; elements = { 192.0.2.1, 198.51.100.0/24 }; }\n  chain c {\n    type filter hook input priority 0; policy drop;\n"
    for number in range(RULES):
        yield f'    ip saddr 10.{number >> 16}.{number >> 8 & 255}.{number & 255} tcp dport {number + 1} counter accept comment "{words[number % len(words)]} {number}"\n'
    yield "  }\n}\n"


def chains():
    """One transaction of RULES operations, of which no two are alike."""
    return "".join(f"add chain inet big c{number}_{'x' * (number % 40)}\n" for number in range(RULES))


def deeds(daemon, folder):
    for odd in ODD.values():
        hostile(daemon, folder, odd)
    # 64 kB of arguments: in one word (half of what the kernel takes in one), in many, empty ones among them.
    hostile(daemon, folder, ODD["emoji"] * 1500)
    hostile(daemon, folder, b"one", *[ODD["escapes"] + b"%d" % number for number in range(800)])
    hostile(daemon, folder, b"two", *[b""] * 500, *[ODD["binary"]] * 250, b"")
    hostile(daemon, folder, b"three", b"\\" * 64000)
    hostile(daemon, folder, b"four", b"\n" * 64000)
    # Programs, argv[0] and working directories of any name.
    for number, odd in enumerate(ODD.values()):
        short = odd.replace(b"/", b"_")[:200]
        place = os.path.join(os.fsencode(folder), b"%d" % number + short)
        os.mkdir(place)
        hostile(daemon, folder, odd, name=short, argv0=odd, cwd=place)
    # A long path of control bytes, each of which takes five in a line.
    place = os.fsencode(folder)
    for _ in range(4):
        place = os.path.join(place, b"\x01" * 200)
        os.mkdir(place)
    shutil.copy("/usr/bin/python3", os.path.join(place, b"long"))
    hostile(daemon, place, b"long path", name=b"long2", cwd=place)
    # Thousands of operations at once, and all of them undone.
    rules = os.path.join(folder, "big.nft")
    with open(rules, "w", encoding="utf-8") as file:
        file.writelines(ruleset())
    shell(daemon, ["nft", "-f", rules])
    shell(daemon, ["nft", "flush", "chain", "inet", "big", "c"])
    shell(daemon, ["nft", "-f", rules])
    with open(rules, "w", encoding="utf-8") as file:
        file.write(chains())
    shell(daemon, ["nft", "-f", rules])
    daemon.signal(signal.SIGUSR1)
    # A refused attempt, sets, a policy, other backends.
    shell(daemon, ["nft", "add", "rule", "inet", "nowhere", "c", "accept"], code=None)
    shell(daemon, ["nft", "add", "chain", "inet", "big", "c", "{ policy accept ; }"])
    shell(daemon, ["nft", "add", "element", "inet", "big", "s", "{ " + ", ".join(f"203.0.{number >> 8}.{number & 255}" for number in range(0, 2000, 2)) + " }"])
    shell(daemon, ["ipset", "create", 'q"\\\U0001f525', "hash:ip"])
    shell(daemon, ["ipset", "destroy", 'q"\\\U0001f525'])
    shell(daemon, ["iptables", "-A", "INPUT", "-s", "192.0.2.1", "-j", "DROP", "-m", "comment", "--comment", "it's \"quoted\" \\ \U0001f525"])
    shell(daemon, ["nft", "flush", "ruleset"])


def record(binary, limit):
    """What is written with `output.max_line_bytes` = `limit`."""
    daemon = Daemon(binary, "auto", 1)
    folder = tempfile.mkdtemp(prefix="wwship-")
    try:
        daemon.configure(f'[netns]\nwatch = "host"\n[output]\nmax_line_bytes = {limit}\nemit = ["firewall", "firewall-process", "state", "health", "record"]\n[text]\nbudget = 100\n')
        with open(daemon.config, "a", encoding="utf-8") as file:
            file.write('argument_bytes = "16KiB"\n')  # of [probes], which `configure` wrote last
        daemon.start()
        deeds(daemon, folder)
        # All that was done has been told when the fence is; an alert is due some seconds after the last change.
        daemon.fence(daemon.host, 60)
        seen, quiet = 0, time.monotonic()
        while time.monotonic() - quiet < 4:
            if len(daemon.lines) != seen:
                seen, quiet = len(daemon.lines), time.monotonic()
            time.sleep(0.2)
        daemon.stop()
        deadline = time.monotonic() + 10
        while not daemon.ended:
            check(time.monotonic() < deadline, "the daemon's lines did not end")
            time.sleep(0.05)
        return Recording([line.raw for line in daemon.lines])
    finally:
        daemon.close()
        shutil.rmtree(os.fsencode(folder), ignore_errors=True)


def judge(recording, limit):
    """That the stream is as hostile as is claimed, and each line what the contract says; returns its figures."""
    actions, operations, rules, sequences, ids = {}, 0, 0, [], set()
    for number, raw in enumerate(recording.lines):
        line = Line(raw, 0, number)
        check(not line.faults, f"line {number}: {line.faults}", [line])
        check(next(iter(line.object)) == "@timestamp" and TIMESTAMP.fullmatch(line.object["@timestamp"]), f"line {number} does not begin with @timestamp", [line])
        strange = sorted({byte for byte in raw if byte < 0x20 or byte == 0x7F})
        check(not strange, f"line {number} has control bytes {strange}", [line])
        check(b"\\u" not in raw.replace(b"\\\\", b""), f"line {number} has a \\u escape", [line])
        actions[line.action] = actions.get(line.action, 0) + 1
        operations = max(operations, line.get("wallwatch.change.operations_count", 0))
        rules = max(rules, *(op.get("count", 0) for op in line.ops()), 0)
        sequences.append(line.sequence)
        ids.add(line.get("event.id"))
    check(sequences == list(range(sequences[0], sequences[0] + len(sequences))), "event.sequence has gaps")
    check(len(ids) == len(recording.lines), "an event.id came twice")
    whole, longest = b"\n".join(recording.lines), max(map(len, recording.lines))
    for what, needle in {"an emoji": "\U0001f525".encode(), "an escaped NUL's neighbour": b"\\\\x01", "a byte that is no UTF-8": b"\\\\xff",
                         "a surrogate's bytes": b"\\\\xed\\\\xa0\\\\x80", "a surrogate in words": b"\\\\ud800", "a newline": b"\\\\x0a", "a quote": b'\\"',
                         "U+2028": b"\xe2\x80\xa8", "U+FEFF": b"\xef\xbb\xbf", "U+10FFFF": b"\xf4\x8f\xbf\xbf", "a C1 control": b"\xc2\x85"}.items():
        check(needle in whole, f"the stream lacks {what}")
    check(min(operations, rules) >= RULES, f"the largest transactions had {operations} operations, and {rules} rules")
    check(longest > 0.97 * limit, f"the longest line had {longest} bytes of {limit}")
    for action in ("firewall-changed", "firewall-change-detail", "firewall-change-failed", "firewall-state", "firewall-alert", "collector-started", "collector-stopped", "record", "exec"):
        check(action in actions, f"no {action} in the stream")
    return {"lines": len(recording.lines), "bytes": recording.bytes, "longest": longest, "operations": operations, "rules": rules, "actions": json.dumps(actions)}
