"""What the cases are given: the recorded streams, and one machine at a time."""
import os

from .recording import Recording, record

# `output.max_line_bytes` of each stream.
LIMITS = {"default": 8000, "longest": 65536}

OVERLONG = b'{"@timestamp":"2026-01-01T00:00:00.000000000Z","x":"' + b"\xf0\x9f\x94\xa5\\\\x01" * 20000 + b'"}'


class Context:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self.recordings, self.held = {}, None

    def recording(self, name):
        if name not in self.recordings:
            load = self.folder and Recording.load(os.path.join(self.folder, f"{name}.jsonl"))
            self.recordings[name] = load or record(self.binary, LIMITS[name])
        return self.recordings[name]

    @property
    def stream(self):
        """Both recordings, one after the other, and a line that is longer than any that was recorded: the limit is no promise
        (docs/events.md)."""
        return [line for name in LIMITS for line in self.recording(name).lines] + [OVERLONG]

    def part(self, number=0):
        """Every so many lines of it, the longest among them, for cases that need not send the whole."""
        lines = self.stream
        longest = sorted(range(len(lines)), key=lambda index: -len(lines[index]))[:8]
        step = max(1, len(lines) // 300)
        return [lines[index] for index in sorted({*range(number % step, len(lines), step), *longest})]

    def hold(self, make):
        """The machine of the file whose cases run, made by the first of them."""
        if self.held is None:
            self.held = make()
        return self.held

    def release(self):
        held, self.held = self.held, None
        if held is not None:
            held.close()
