"""The made fleet: forty hosts, ten days of ordinary work, and facts that were planted in it.

Every line is a recorded one, told by Host.play at other times under another host's name. What is planted stands in `facts`: the tests
hold what a query finds against these, and against nothing else: whatever else it finds is a fault.
"""
import random

from .host import NANOSECOND, Host, nanoseconds
from .lines import action, get, spelled

NOW = "2026-11-20T12:00:00.000000000Z"
MINUTE, HOUR, DAY = 60 * NANOSECOND, 3600 * NANOSECOND, 86400 * NANOSECOND
T = nanoseconds(NOW)
STANDS = 11  # effective rules of the scenarios' firewall: what a heartbeat says
SSH, NEAR_SSH, OLD_SSH = "198.51.100.66", "198.51.100.77", "198.51.100.88"
SCRIPT = "c0ffee" * 10 + "c0de"
OTHER_FILE = "0dd" * 21 + "0"
ORDINARY = ("admin-adds-and-deletes", "crowdsec-updates", "failed-attempts", "admin-by-ssh")
YOUNG = 7


def change(line):
    return action(line) == "firewall-changed"


def alert(line):
    return action(line) == "firewall-alert"


class Fleet:
    def __init__(self, recordings):
        self.recordings, self.random = recordings, random.Random(7)
        self.hosts = [Host(f"web-{number:02}") for number in range(40)]
        self.facts = {}
        for number, host in enumerate(self.hosts):
            self.ordinary(number, host)
        for plant in (self.burst, self.actors, self.first_seen, self.low_water, self.sequences, self.probing):
            plant()
        self.lines, self.sent = [], []
        self.send(self.gaps())

    def names(self, *numbers):
        return sorted(self.hosts[number].name for number in numbers)

    def of(self, name, wanted):
        return [line for line in self.recordings[name] if wanted(line)]

    # ---- ten days of ordinary work ----

    def ordinary(self, number, host):
        begin = T - (3 if number == YOUNG else 10) * DAY + number * MINUTE
        beat = self.recordings["beat"]
        start = next(line for line in beat if action(line) == "collector-started")
        stop = next(line for line in beat if action(line) == "collector-stopped")
        pulse = [next(line for line in beat if action(line) == "firewall-state" and get(line, "wallwatch.state.occasion") == "interval"),
                 next(line for line in beat if action(line) == "collector-health")]
        stands = [("wallwatch.state.effective_rules", STANDS)]
        host.tell([start], begin)
        # Its heart beats each twelve hours, and each five minutes in the last three hours, till 10 to 250 s ago.
        last = T - (10 + number * 6) * NANOSECOND
        ends = {30: T - 95 * MINUTE, 31: T - 40 * MINUTE, 32: T - 50 * MINUTE, 33: T - 11 * MINUTE}.get(number, last)
        beats = [begin + step * 12 * HOUR + HOUR for step in range(20)] + [last - step * 5 * MINUTE for step in range(36)]
        for at in sorted(beats):
            if begin < at <= ends:
                host.tell(pulse, at, stands)
        # Everybody whom the host knows is seen in its first days, and some of them again.
        for position, name in enumerate(ORDINARY):
            host.play(self.recordings[name], begin + (position + 1) * 3 * HOUR + self.random.randrange(7200) * NANOSECOND)
        host.play(self.recordings["crowdsec-updates"], T - 26 * HOUR - self.random.randrange(36000) * NANOSECOND)
        # A restart in order.
        host.tell([stop], begin + 2 * DAY + 7 * MINUTE)
        host.tell([start], begin + 2 * DAY + 8 * MINUTE)
        if number == 32:
            host.tell([stop], ends + MINUTE)
        self.facts["silent"] = {"silent": self.names(30, 31), "stopped": self.names(32)}
        self.facts["beats"] = {"seconds": 900}

    # ---- what is planted ----

    def burst(self):
        """Seven hosts are emptied within six minutes, over the full hour: windows that do not slide cut it in two."""
        flush = self.recordings["nft-flush-ruleset"]
        for number in range(7):
            self.hosts[number].play(flush, T - 3 * HOUR - 3 * MINUTE + number * MINUTE)
        for number in range(8, 12):  # four are too few
            self.hosts[number].play(flush, T - 30 * HOUR + number * 10 * NANOSECOND)
        for number in range(12, 18):  # six, but each twenty minutes after the other
            self.hosts[number].play(flush, T - 50 * HOUR + number * 20 * MINUTE)
        self.facts["bursts"] = [self.names(*range(7))]

    def actors(self):
        """One SSH peer opens a policy on six hosts within a day, another on four, a third on six days ago; one script empties five hosts."""
        for peer, numbers, ago in ((SSH, range(20, 26), 0), (NEAR_SSH, range(26, 30), 0), (OLD_SSH, range(20, 26), 4 * DAY)):
            for number in numbers:
                self.hosts[number].play(self.recordings["policy-nft"], T - ago - 20 * HOUR + (number - 20) * 2 * HOUR,
                                        [("process.entry_leader", {"entry_meta": {"type": "sshd", "source": {"ip": peer}}})])
        for number in range(13, 18):
            self.hosts[number].play(self.recordings["python-raw-netlink"], T - 19 * HOUR + (number - 13) * 3 * HOUR,
                                    [("wallwatch.process.script.sha256", SCRIPT)])
        self.facts["actors"] = [("ssh peer", SSH, self.names(*range(20, 26))), ("script", SCRIPT, self.names(*range(13, 18)))]

    def first_seen(self):
        """Programs that never before changed that host's firewall, and one whose file is another."""
        self.hosts[18].play(self.recordings["web-shell"], T - 5 * HOUR)
        self.hosts[YOUNG].play(self.recordings["memfd"], T - 6 * HOUR)  # a host without habits yet
        self.hosts[19].play(self.recordings["crowdsec-updates"], T - 4 * HOUR, [("process.hash.sha256", OTHER_FILE)], change)
        python, nginx = "/usr/bin/python3.11", "/usr/sbin/xtables-nft-multi"
        self.facts["first seen"] = sorted([("new", name, python) for name in self.names(*range(13, 18))] + [("new", name, nginx) for name in self.names(18, 21)]
                                          + [("other file", self.hosts[19].name, "/usr/bin/crowdsec-firewall-bouncer")])

    def low_water(self):
        """One host sinks to 5 of 14, another to 8 of 14; those that were emptied sank to nothing."""
        one = self.of("admin-adds-and-deletes", lambda line: change(line) and get(line, "wallwatch.change.effective_rules.delta") == -1)[:1]
        for number, left in ((28, 5), (29, 8)):
            self.hosts[number].tell(one, T - 2 * DAY, [("wallwatch.change.effective_rules", {"before": 13, "after": left, "delta": left - 13})])
        emptied = self.names(*range(7), YOUNG, *range(8, 12), *range(12, 18), 18, 21, 22)
        self.facts["low water"] = {**{name: 0 for name in emptied}, self.hosts[28].name: 5}

    def sequences(self):
        """What the EQL sequences are for, and the same too late or the wrong way round."""
        came = self.of("admin-by-ssh", lambda line: action(line) == "exec" and get(line, "process.entry_leader.entry_meta.type") == "sshd")[:1]
        self.hosts[21].tell(came, T - 7 * HOUR)
        self.hosts[21].play(self.recordings["iptables-flush"], T - 7 * HOUR + 2 * MINUTE)
        self.hosts[22].tell(came, T - 9 * HOUR)
        self.hosts[22].play(self.recordings["nft-flush-ruleset"], T - 9 * HOUR + 10 * MINUTE)
        tampered = self.of("collector-killed", lambda line: action(line) == "collector-tampered")
        less = self.of("admin-adds-and-deletes", lambda line: change(line) and get(line, "wallwatch.change.effective_rules.delta") == -1)[:1]
        self.hosts[23].tell(tampered, T - 8 * HOUR)
        self.hosts[23].tell(less, T - 8 * HOUR + 3 * MINUTE)
        self.hosts[24].tell(tampered, T - 8 * HOUR)
        self.hosts[24].tell(less, T - 8 * HOUR + 20 * MINUTE)
        written = self.of("nftables-conf-emptied", lambda line: action(line) == "firewall-config-changed")
        opened = self.of("policy-nft", alert)
        self.hosts[11].tell(opened, T - 6 * HOUR)
        self.hosts[11].tell(written, T - 6 * HOUR + 10 * MINUTE)
        self.hosts[10].tell(written, T - 6 * HOUR)
        self.hosts[10].tell(opened, T - 6 * HOUR + 10 * MINUTE)
        self.facts["sequences"] = {"ssh-then-weakened": self.names(21), "blinded-then-changed": self.names(23), "weakened-then-made-to-last": self.names(11)}

    def probing(self):
        """Twelve refused attempts of one user on one host within four minutes, nine on another; ordinary hosts have one a time."""
        one = self.of("failed-attempts", lambda line: action(line) == "firewall-change-failed" and get(line, "wallwatch.change.errno") == 1)[:1]
        for number, times in ((26, 12), (27, 9)):
            for step in range(times):
                self.hosts[number].tell(one, T - 10 * HOUR + step * 20 * NANOSECOND)
        self.facts["probing"] = self.names(26)

    def gaps(self):
        """Lines that are not sent, by their ids. Host 37 is set up anew, so it counts from 1 again; host 38 sends all twice."""
        self.hosts[37].resets = [T - 40 * HOUR]
        numbered = {number: self.hosts[number].lines() for number in (34, 35, 36, 37, 39)}
        restart = next(line["event"]["sequence"] for line in numbered[36] if action(line) == "collector-stopped")
        last = numbered[39][-1]["event"]["sequence"]
        lost = {34: [40], 35: list(range(51, 58)), 36: [restart, restart + 1], 37: [20], 39: [last - 1]}
        # Of host 37 the second line with that number: the installation before had one too, which came.
        ids = {[line["event"]["id"] for line in numbered[number] if line["event"]["sequence"] == one][-1] for number, numbers in lost.items() for one in numbers}
        # What host 39 lost may be under way yet: the line after it is too young.
        self.facts["gaps"] = [(self.hosts[number].name, numbers[0], numbers[-1]) for number, numbers in sorted(lost.items()) if number != 39]
        self.facts["settle"] = 60 + (10 + 39 * 6)
        return ids

    def send(self, lost):
        texts = []
        for number, host in enumerate(self.hosts):
            for line in host.lines():
                self.lines.append(line)
                if line["event"]["id"] not in lost:
                    texts += [spelled(line)] * (2 if number == 38 else 1)
        # Shippers of forty hosts: nothing comes in order.
        self.random.shuffle(texts)
        self.foreign = [texts[5][:700], '{"message":"of another program"}', "not JSON"]
        self.sent = texts + self.foreign
