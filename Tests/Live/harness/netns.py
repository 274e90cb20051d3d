"""A network namespace of the test's own, and commands run inside it. The machine's own namespace is never entered."""
import contextlib
import ctypes
import os
import subprocess
import time

from .outcome import Failed

CLONE_NEWNET = 0x40000000
HOME = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
libc = ctypes.CDLL(None, use_errno=True)


def enter(descriptor):
    if libc.setns(descriptor, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


class Done:
    """A command that has ended."""

    def __init__(self, argv, pid, code, out, err, began, ended):
        self.argv, self.pid, self.code, self.out, self.err = argv, pid, code, out, err
        self.began, self.ended = began, ended

    def __str__(self):
        return f"{' '.join(self.argv)[:300]} (pid {self.pid}, status {self.code}) {self.out.strip()[-400:]} {self.err.strip()[-400:]}".strip()


class Netns:
    serial = 0

    def __init__(self):
        Netns.serial += 1
        self.name = f"wwtest-{os.getpid()}-{Netns.serial}"
        subprocess.run(["ip", "netns", "add", self.name], check=True)
        self.descriptor = os.open(f"/run/netns/{self.name}", os.O_RDONLY | os.O_CLOEXEC)
        self.inode = os.fstat(self.descriptor).st_ino
        self.id = str(self.inode)
        self.backends = {"nft"}  # those whose state is worth dumping
        self.counted = (0, 0)

    @contextlib.contextmanager
    def inside(self):
        """This thread is in the namespace meanwhile, and so is what it starts."""
        if self.inode == os.fstat(HOME).st_ino:
            raise SystemExit("refusing to change the machine's own network namespace")
        enter(self.descriptor)
        try:
            if os.stat("/proc/thread-self/ns/net").st_ino != self.inode:
                raise SystemExit("not in the namespace the test made")
            yield
        finally:
            enter(HOME)

    def start(self, argv, **options):
        options = {"stdin": subprocess.PIPE, "text": True, **options}
        with self.inside():
            return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def run(self, argv, input=None, code=0, **options):
        """Runs to the end; a status other than `code` (None: any) fails the test."""
        if isinstance(argv, str):
            argv = argv.split()
        self.notice(argv)
        began = time.time()
        process = self.start(argv, **options)
        out, err = process.communicate(input)
        done = Done(argv, process.pid, process.returncode, out, err, began, time.time())
        if code is not None and done.code != code:
            raise Failed(f"the deed itself went wrong: {done}")
        return done

    def notice(self, argv):
        text = " ".join(argv)
        self.backends |= {kind for kind in ("legacy", "ipset", "arptables-legacy", "ebtables-legacy") if kind in text}

    def counts(self):
        """(rules, set elements), asked of the tools and not of wallwatch."""
        from .counts import count

        return count(self)

    def close(self):
        os.close(self.descriptor)
        subprocess.run(["ip", "netns", "del", self.name], check=False)
