"""What every shipper that follows the file must do; `shipped` makes the machine, once for all its cases."""
import time

from harness.outcome import case, check

WAIT = 30  # seconds until all must have arrived
# More lines than a queue holds by default (rsyslog's 1,000).
MANY = [b'{"@timestamp":"2026-01-01T00:00:00.%09dZ","x":"made, to be many"}' % number for number in range(4000)]


def portions(stream, count):
    """The stream in so many parts of about the same length."""
    size = -(-len(stream) // count)
    return [stream[start:start + size] for start in range(0, len(stream), size)]


def whole(shipped, stream):
    """Every line, once, in order, byte for byte."""
    shipped.begin()
    shipped.write(stream)
    shipped.arrived(2 * WAIT, "the whole stream")


def rotated(shipped, stream):
    """While lines are written the file is renamed three times, and some lines are written to the old file after it has another name."""
    shipped.begin()
    for part in portions(stream, 4)[:3]:
        shipped.write(part[:-5], 0.002)
        time.sleep(0.5)  # nobody rotates more often
        shipped.rotate(part[-5:], 0.02)
    shipped.write(portions(stream, 4)[3])
    return shipped.arrived(WAIT, "a stream whose file was rotated three times", repeated=True)


def truncated(shipped, stream):
    """The file is copied and emptied when all that was in it has been sent, and nothing is written for a second."""
    shipped.begin()
    for part in portions(stream, 3):
        shipped.write(part)
        shipped.arrived(WAIT, "what came before the file was emptied", repeated=True)
        shipped.writer.copy_truncate()
        time.sleep(1)  # a file that is at its old length before the shipper looks again was never emptied, to the shipper
    return shipped.arrived(WAIT, "a stream whose file was emptied", repeated=True)


def away(shipped, stream):
    """The receiver goes while nothing is under way, is away while thousands of lines are written and the file is rotated, and
    comes back."""
    shipped.begin()
    first, second, third = portions(stream, 3)
    shipped.write(first)
    shipped.arrived(WAIT, "what came before the receiver went")
    shipped.receiver.down()
    shipped.write(second)
    shipped.write(MANY)
    shipped.rotate()
    shipped.write(third)
    check(len(shipped.receiver.messages) == len(first), "something arrived at a receiver that was not there")
    shipped.receiver.up()
    return shipped.arrived(WAIT, "a stream during which the receiver was away", repeated=True)


def killed(shipped, stream):
    """The shipper is killed twice in the middle of the stream, and started again by systemd: nothing is lost."""
    shipped.begin()
    parts = portions(stream, 4)
    shipped.write(parts[0])
    shipped.machine.kill(shipped.unit)
    shipped.write(parts[1])
    shipped.write(parts[2])
    shipped.machine.kill(shipped.unit)
    shipped.write(parts[3])
    return shipped.arrived(WAIT, "a stream during which the shipper was killed twice", repeated=True)


def restarted(shipped, stream):
    """Orderly restarts, each with a backlog."""
    shipped.begin()
    for part in portions(stream, 3):
        shipped.write(part)
        shipped.machine.restart(shipped.unit)
    return shipped.arrived(WAIT, "a stream during which the shipper was restarted", repeated=True)


def gone_away(shipped, stream, how, forgiven=0):
    """The receiver is away, the file is rotated, the shipper is stopped in order ("restart") or killed ("kill") and started again,
    and then the receiver comes back. `forgiven`: so many lines may be lost. Returns how many were, and how many came twice."""
    shipped.begin()
    first, second, third = portions(stream, 3)
    shipped.write(first)
    shipped.arrived(WAIT, "what came before the receiver went")
    shipped.receiver.down()
    shipped.write(second)
    time.sleep(1)
    shipped.rotate()
    getattr(shipped.machine, how)(shipped.unit)
    shipped.write(third)
    shipped.receiver.up()
    return shipped.arrived(WAIT, f"a stream with the receiver away and the shipper gone by {how}", True, forgiven)


def flaps(shipped, stream):
    """The receiver goes in the middle of what is being sent, and comes back, three times."""
    shipped.begin()
    parts = portions(stream, 4)
    for part in parts[:3]:
        shipped.write(part, 0.003)
        shipped.receiver.down()
        shipped.receiver.up()
    shipped.write(parts[3], 0.003)
    return shipped.arrived(WAIT, "a stream during which the receiver went three times", repeated=True)


class Cases:
    """Registers cases of a file of cases/ for the machine that `make` makes."""

    def __init__(self, module, make, shipper):
        self.module, self.make, self.shipper = module, make, shipper

    def add(self, title, what, part, *words, **options):
        def function(t):
            return what(t.hold(self.make), t.part(part), *words, **options)

        function.__module__ = self.module
        case(title, seconds=120)(function)

    def of_a_file(self):
        """What is asked of each that follows the file, but for ``of_both_gone``."""
        self.add("the file is rotated under way", rotated, 1)
        self.add("the file is copied and emptied", truncated, 8)
        self.add("the receiver is away, and comes back", away, 2)
        self.add(f"{self.shipper} is restarted", restarted, 4)
        self.add(f"{self.shipper} is killed", killed, 3)

    def of_both_gone(self, forgiven=0):
        but = ": at most one line is lost" if forgiven else ""
        self.add(f"the receiver is away, the file is rotated, {self.shipper} is killed", gone_away, 6, "kill")
        self.add(f"the receiver is away, the file is rotated, {self.shipper} is restarted{but}", gone_away, 5, "restart", forgiven=forgiven)
