"""What was sent against what arrived, byte for byte."""
import hashlib
import time

from harness.outcome import Failed, check


def brief(line):
    return f"{len(line)} bytes, SHA-256 {hashlib.sha256(line).hexdigest()[:12]}, {line[:60]!r}…{line[-40:]!r}"


def difference(sent, arrived):
    """The first thing that is wrong, in words; None if all is there, in order, once."""
    for number, (left, right) in enumerate(zip(sent, arrived)):
        if left != right:
            place = next((i for i, (a, b) in enumerate(zip(left, right)) if a != b), min(len(left), len(right)))
            return f"line {number} differs at byte {place}: sent {brief(left)}, arrived {brief(right)}"
    if len(sent) != len(arrived):
        return f"{len(sent)} lines were sent, {len(arrived)} arrived"
    return None


def lost(sent, arrived):
    there = set(arrived)
    return [line for line in sent if line not in there]


def await_all(sent, get, seconds, what, repeated=False, forgiven=0):
    """Waits until all that was sent has arrived, and no more comes. `repeated`: a line may come twice, and in another place;
    `forgiven`: so many may be missing. Returns in words what of it was so."""
    deadline = time.monotonic() + seconds
    wanted = set(sent)
    while True:
        arrived = get()
        if len(wanted - set(arrived)) <= forgiven:
            break
        if time.monotonic() > deadline:
            missing = lost(sent, arrived)
            strange = [line for line in arrived if line not in wanted]
            text = f"{what}: of {len(sent)} lines {len(missing)} did not arrive within {seconds} s"
            text += f"; the first, line {sent.index(missing[0])}: {brief(missing[0])}" if missing else ""
            text += f"; {len(strange)} arrived that were not sent, such as {brief(strange[0])}" if strange else ""
            raise Failed(text)
        time.sleep(0.1)
    time.sleep(2 if forgiven else 0.5)
    arrived = get()
    strange = [line for line in arrived if line not in wanted]
    check(not strange, f"{what}: {len(strange)} lines arrived that were not sent, such as {brief(strange[0])}" if strange else "")
    if not repeated:
        wrong = difference(sent, arrived)
        check(wrong is None, f"{what}: {wrong}")
    missing = len(wanted - set(arrived))
    return f"{missing} lost, {len(arrived) + missing - len(wanted)} twice"
