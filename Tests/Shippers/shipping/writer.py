"""Writes a recorded stream as the daemon does: appended, one write(2) a line, the file opened anew when it is told to."""
import os
import shutil
import time

FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


class Writer:
    def __init__(self, path):
        self.path = path
        os.makedirs(os.path.dirname(path), mode=0o750, exist_ok=True)
        self.descriptor = os.open(path, FLAGS, 0o600)

    def write(self, lines, pause=0.0):
        for line in lines:
            data = line + b"\n"
            if os.write(self.descriptor, data) != len(data):
                raise OSError(f"a line was written in part: {self.path}")
            if pause:
                time.sleep(pause)

    def reopen(self):
        """What SIGUSR1 has the daemon do."""
        self.close()
        self.descriptor = os.open(self.path, FLAGS, 0o600)

    def rotate(self, between=(), pause=0.0):
        """What logrotate does: the file is renamed, and what is written before the daemon heard of it goes to the old one."""
        for number in range(8, 0, -1):
            if os.path.exists(f"{self.path}.{number}"):
                os.rename(f"{self.path}.{number}", f"{self.path}.{number + 1}")
        os.rename(self.path, f"{self.path}.1")
        self.write(between, pause)
        self.reopen()

    def copy_truncate(self):
        """What logrotate does with `copytruncate`: the file stays, and is empty."""
        shutil.copy(self.path, f"{self.path}.1")
        os.truncate(self.path, 0)

    def close(self):
        os.close(self.descriptor)
