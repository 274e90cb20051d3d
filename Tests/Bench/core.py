"""What all figures share: the binary, the C helpers, namespaces of the bench's own, and how much is done."""
import contextlib
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "Live"))
from harness.netns import Netns  # noqa: E402


class Bench:
    """`patience`: what waits are multiplied by, in a machine that is emulated."""

    def __init__(self, options):
        self.binary, self.quick, self.seed = os.path.realpath(options.binary), options.quick, options.seed
        self.with_peers, self.engine_bench = not options.no_peers, options.engine_bench
        self.only_budgets = options.check and options.quick  # what no budget is held against is left out
        self.only_rounds = options.rounds
        self.patience = 4 if os.environ.get("WALLWATCH_VM") else 1
        self.skipped = []  # what was not measured, and why
        self.folder = tempfile.mkdtemp(prefix="wwbench-")
        os.chmod(self.folder, 0o755)
        self.helpers = os.environ.get("WALLWATCH_BENCH_HELPERS") or build(self.folder)

    def helper(self, name):
        return os.path.join(self.helpers, name)

    def count(self, full, quick):
        """How much is done. An emulated machine does a fifth: it is ten times as slow."""
        much = quick if self.quick else full
        return much // 5 if self.patience > 1 and much >= 1_000 else much

    def rounds(self, full, quick):
        return self.only_rounds or (quick if self.quick else full)

    def say(self, text):
        print(f"bench: {text}", file=sys.stderr, flush=True)

    def skip(self, what, why):
        self.say(f"not measured: {what}: {why}")
        if [what, str(why)] not in self.skipped:
            self.skipped.append([what, str(why)])

    def absent(self, what, name, reason):
        """A peer that cannot be had is a skip. Without wallwatch there is nothing to measure."""
        if name == "wallwatch" or name == "wallwatch --emit process":
            raise reason
        self.skip(f"{what} beside {name}", reason)

    def json_of(self, argv, space=None):
        """Runs a helper to its end, inside the namespace if one is given; its line of JSON."""
        with space.inside() if space else contextlib.nullcontext():
            process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        out, _ = process.communicate()
        if process.returncode:
            raise RuntimeError(f"{' '.join(argv)} ended with {process.returncode}")
        return json.loads(out)

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def build(folder):
    """Compiles the helpers, static: they run in a virtual machine too."""
    for source in glob.glob(os.path.join(HERE, "*.c")):
        target = os.path.join(folder, os.path.basename(source)[:-2])
        subprocess.run(["gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-static", "-o", target, source], check=True)
    return folder


@contextlib.contextmanager
def namespace():
    space = Netns()
    try:
        yield space
    finally:
        space.close()


@contextlib.contextmanager
def running(tool):
    """A tool from its start to its end; what it changed of the machine is put back whatever happens."""
    try:
        tool.start()
        yield tool
    finally:
        tool.close()
