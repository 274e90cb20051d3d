"""Loads a ruleset, asks the model, sends packets, reads the counters, and tells what does not agree."""
import collections

from . import iptables, nftables
from .kernel import Refused

Found = collections.namedtuple("Found", "problems rules idle moved")


def text(ruleset, places=None):
    return nftables.text(ruleset, places) if ruleset["kind"] == "nft" else iptables.text(ruleset, places)


def repair(ruleset, refusal):
    """Takes out of a ruleset what was refused, by the lines of the message; whether there was anything."""
    places = {}
    text(ruleset, places)
    found = [places[line] for line in refusal.lines if line in places]
    for parent, part in found:
        for index, item in enumerate(parent):
            if item is part:
                del parent[index]
                break
    return bool(found)


class Judge:
    def __init__(self, kernel, packets, model):
        self.kernel, self.packets, self.model = kernel, packets, model

    def judge(self, kind, text, random, share=1.0):
        """Raises Refused if the kernel does not take it."""
        self.kernel.load(kind, text)
        said, figures = self.model.rules()
        self.packets.send(random, share)
        counted = self.kernel.counters()
        return Found(list(problems(said, figures, counted)), len(counted), idle(said), sum(packets > 0 for packets, _ in counted.values()))

    def fails(self, ruleset, random, attempts=2):
        """Whether all packets bring a problem to light; a ruleset that is refused has none."""
        for _ in range(attempts):
            try:
                if self.judge(ruleset["kind"], text(ruleset), random).problems:
                    return True
            except Refused:
                return False
        return False


def idle(said):
    return sum(not effective for effective, _ in said.values())


def problems(said, figures, counted):
    for key, (packets, drops) in counted.items():
        if key not in said:
            yield f"{name(key)}: the model does not know it"
            continue
        effective, blocking = said[key]
        if packets and not effective:
            yield f"{name(key)}: counted {packets} packets, and is not effective"
        if packets and drops and not blocking:
            yield f"{name(key)}: dropped {packets} packets, and is not blocking"
    for index, word in enumerate(("effective", "blocking")):
        total = sum(rule[index] for rule in said.values())
        if total != figures[index]:
            yield f"{total} rules are {word}, and the figure is {figures[index]}"


def name(key):
    backend, family, table, chain, rule = key
    return f"{backend} {family} {table} {chain} {'rule' if backend == 'legacy' else 'handle'} {rule}"
