"""The one-deed programs: prebuilt ones from $WALLWATCH_DEEDS, else compiled here, once."""
import os
import shutil
import subprocess
import tempfile

from .outcome import Skipped

SOURCE = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", "deeds"))
built = None


def folder():
    global built
    if built is None:
        built = os.environ.get("WALLWATCH_DEEDS") or tempfile.mkdtemp(prefix="wwtest-deeds-")
        os.chmod(built, 0o755)
    return built


def flags(name):
    """A program whose name ends in elf32 is one of 32 bits, and has no library; scripts/lib/vm-image.sh does the same."""
    return ["-m32", "-nostdlib", "-ffreestanding", "-fno-pic", "-fno-stack-protector"] if name.endswith("elf32") else []


def path(name):
    if name.endswith(".py"):
        return os.path.join(SOURCE, name)
    program = os.path.join(folder(), name)
    if not os.path.exists(program):
        compiler = next((found for found in map(shutil.which, ("cc", "gcc", "clang")) if found), None)
        if not compiler:
            raise Skipped("no C compiler for the one-deed programs")
        subprocess.run([compiler, "-std=gnu11", "-O2", "-static", *flags(name), "-o", program, os.path.join(SOURCE, name + ".c")], check=True)
    return program


def close():
    if built and "WALLWATCH_DEEDS" not in os.environ:
        shutil.rmtree(built, ignore_errors=True)
