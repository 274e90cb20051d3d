"""The programs of the scenarios, compiled once: those of the live tests and the lab's own. $LAB_DEEDS has them made already."""
import glob
import os
import shutil
import subprocess
import tempfile

from .scenario import HERE

made = None


def folder():
    return os.environ["LAB_DEEDS"]


def build(target=None):
    """Compiles them all and tells the scenarios where they are. One that does not compile is not there."""
    global made
    if "LAB_DEEDS" in os.environ and target is None:
        return []
    made = target or tempfile.mkdtemp(prefix="wwlab-deeds-")
    os.chmod(made, 0o755)
    os.environ["LAB_DEEDS"] = made
    live = os.path.join(HERE, "..", "Live", "deeds")
    running = []
    for source in sorted(glob.glob(f"{live}/*.c") + glob.glob(f"{HERE}/deeds/*.c")):
        name = os.path.basename(source)[:-2]
        bare = ["-m32", "-nostdlib", "-ffreestanding", "-fno-pic", "-fno-stack-protector"] if name.endswith("elf32") else []
        shared = ["-shared", "-fPIC"] if name.endswith("_so") else [] if name.startswith("own_") else ["-static"]
        argv = ["gcc", "-std=gnu11", "-O1", *shared, *bare, "-I", live, "-o", f"{made}/{name}", source, *([] if bare else ["-ldl"])]
        running.append((name, subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)))
    return [f"{name}: {said}" for name, process in running for said in [process.communicate()[0]] if process.returncode]


def close():
    if made:
        shutil.rmtree(made, ignore_errors=True)
