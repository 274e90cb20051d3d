"""How a test can end, and the list of all tests."""

CASES = []


class Failed(AssertionError):
    """An expectation that did not hold; `lines` are shown with it."""

    def __init__(self, text, lines=()):
        super().__init__(text)
        self.lines = list(lines)


class Skipped(Exception):
    """The test cannot be done here; the text says why."""


# Files whose tests come out the same whatever the hooks, but for those marked `tier=True`.
TIERLESS = "nftables iptables_nft effective process randomwalk cli".split()


class Case:
    def __init__(self, name, function, seconds, tier):
        self.name, self.function, self.seconds, self.tier = name, function, seconds, tier


def case(title, seconds=60, tier=False):
    """Registers a test under a sentence. `seconds` bounds it natively; a virtual machine gets four times as long.
    `tier`: it depends on the tier of the hooks, and so belongs to `--set tier`."""

    def register(function):
        module = function.__module__.rsplit(".", 1)[-1]
        CASES.append(Case(f"{module}: {title}", function, seconds, tier or module not in TIERLESS))
        return function

    return register


def check(condition, text, lines=()):
    if not condition:
        raise Failed(text, lines)


def equal(found, expected, what, lines=()):
    if found != expected:
        raise Failed(f"{what}: expected {expected!r}, found {found!r}", lines)
