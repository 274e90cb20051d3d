"""The streams themselves: as hostile as is claimed, and each line as the contract has it."""
from harness.outcome import case
from shipping.recording import judge
from shipping.streams import LIMITS


def told(figures):
    return ", ".join(f"{name} {value}" for name, value in figures.items() if name != "actions")


@case("with the default line length the daemon writes a hostile stream of well-formed lines", seconds=120)
def default(t):
    return told(judge(t.recording("default"), LIMITS["default"]))


@case("with the greatest line length too", seconds=120)
def longest(t):
    return told(judge(t.recording("longest"), LIMITS["longest"]))
