"""The other end: takes what is sent over TCP, in frames that say how long they are (RFC 6587) or in lines, and keeps the messages."""
import contextlib
import os
import re
import select
import socket
import threading

from harness.netns import HOME, enter

# RFC 5424 up to the message: priority and version, five words, no structured data but a count.
HEADER = re.compile(rb"<\d{1,3}>1 \S+ \S+ \S+ \S+ \S+ (?:-|\[meta [^\]]*\]) ")
FRAME = re.compile(rb"(\d{1,9}) ")


@contextlib.contextmanager
def inside(pid):
    """This thread is in that process's network namespace meanwhile."""
    descriptor = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        enter(descriptor)
        yield
    finally:
        enter(HOME)
        os.close(descriptor)


class Receiver:
    """Listens in the network namespace of `pid`. `down` closes it with all its connections; `up` brings it back."""

    def __init__(self, pid, port):
        self.pid, self.port = pid, port
        self.messages, self.complaints, self.connections = [], [], 0
        self.arrival = threading.Condition()
        self.thread = None
        self.up()

    def up(self):
        with inside(self.pid):
            self.listener = socket.create_server(("127.0.0.1", self.port))
        self.wake, waker = os.pipe()
        self.waker = waker
        self.thread = threading.Thread(target=self.serve, args=(self.listener, self.wake), daemon=True)
        self.thread.start()

    def down(self):
        if self.thread:
            os.close(self.waker)
            self.thread.join()
            os.close(self.wake)
            self.thread = None

    def serve(self, listener, wake):
        pending = {}
        while True:
            ready, _, _ = select.select([listener, wake, *pending], [], [])
            for source in ready:
                if source is listener:
                    pending[listener.accept()[0]] = bytearray()
                    self.connections += 1
                elif source is not wake:
                    self.read(source, pending)
            if wake in ready:
                # What had arrived was read above or is read now: this end goes in good order.
                for source in list(pending):
                    while source in pending and select.select([source], [], [], 0.1)[0]:
                        self.read(source, pending)
                    source.close()
                listener.close()
                return

    def read(self, source, pending):
        try:
            data = source.recv(1 << 20)
        except ConnectionError:
            data = b""
        if not data:
            left = pending.pop(source)
            source.close()
            if left:
                self.complaints.append(f"a connection ended within a frame: {bytes(left[:80])!r}")
            return
        pending[source] += data
        found = list(self.frames(pending[source]))
        with self.arrival:
            self.messages += found
            self.arrival.notify_all()

    def frames(self, buffer):
        while buffer:
            head = FRAME.match(buffer)
            if not head:
                if len(buffer) > 10 or not buffer.isdigit():
                    self.complaints.append(f"no length where a frame begins: {bytes(buffer[:80])!r}")
                    buffer.clear()
                return
            end = head.end() + int(head[1])
            if len(buffer) < end:
                return
            frame = bytes(buffer[head.end():end])
            del buffer[:end]
            header = HEADER.match(frame)
            if header:
                yield frame[header.end():].removesuffix(b"\n")
            else:
                self.complaints.append(f"no header of RFC 5424: {frame[:120]!r}")

    def forget(self):
        self.messages.clear()

    def close(self):
        self.down()
