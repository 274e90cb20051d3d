"""How a test can end, and the list of all tests."""

CASES = []


class Failed(AssertionError):
    """An expectation that did not hold; `lines` are shown with it."""

    def __init__(self, text, lines=()):
        super().__init__(text)
        self.lines = list(lines)


class Skipped(Exception):
    """The test cannot be done here; the text says why."""


# What a test's outcome depends on, by its file; single ones say otherwise (`depends=`).
ANYWHERE, KERNEL, TIER = "nothing", "kernel", "tier"
FILES = {
    "iptables_nft": ANYWHERE, "randomwalk": ANYWHERE, "cli": ANYWHERE, "namespaces": ANYWHERE, "restart": ANYWHERE, "output": ANYWHERE,
    "nftables": KERNEL, "effective": KERNEL, "process": KERNEL, "identity": KERNEL, "services": ANYWHERE, "dockerd": ANYWHERE, "atomic": ANYWHERE, "detection": ANYWHERE, "tuning": ANYWHERE, "formats": ANYWHERE, "iptables_legacy": KERNEL, "ebtables": KERNEL, "ipset": KERNEL, "modules": KERNEL, "sysctls": KERNEL, "files": KERNEL, "baseline": ANYWHERE, "text": ANYWHERE,
}
# Whose outcome a set is to tell.
SETS = {"all": {ANYWHERE, KERNEL, TIER}, "kernel": {KERNEL, TIER}, "tier": {TIER}}


class Case:
    def __init__(self, name, function, seconds, depends):
        self.name, self.function, self.seconds, self.depends = name, function, seconds, depends


def case(title, seconds=60, depends=None):
    """Registers a test under a sentence. `seconds` bounds it natively; a virtual machine gets four times as long.
    `depends`: what its outcome depends on: nothing but us, the kernel, or also the tier of the hooks."""

    def register(function):
        module = function.__module__.rsplit(".", 1)[-1]
        CASES.append(Case(f"{module}: {title}", function, seconds, depends or FILES.get(module, TIER)))
        return function

    return register


def check(condition, text, lines=()):
    if not condition:
        raise Failed(text, lines)


FIGURE = {"before", "after", "delta"}


def equal(found, expected, what, lines=()):
    if isinstance(found, dict) and isinstance(expected, dict) and set(expected) == FIGURE:
        found = {key: value for key, value in found.items() if key != "min"}  # of what was done just before, by the test
    if found != expected:
        raise Failed(f"{what}: expected {expected!r}, found {found!r}", lines)
