"""What the tests run on and is not on every machine, brought into a cache folder."""
import hashlib
import os
import shutil
import subprocess
import sys


def cache():
    folder = os.path.join(os.environ.get("WALLWATCH_CACHE", "/var/cache/wallwatch"), "fleet")
    os.makedirs(folder, exist_ok=True)
    return folder


def environment(requirements):
    """A virtual environment with exactly these requirements; its python."""
    with open(requirements, "rb") as file:
        folder = os.path.join(cache(), "venv-" + hashlib.sha256(file.read()).hexdigest()[:12])
    python = os.path.join(folder, "bin", "python")
    if os.path.exists(os.path.join(folder, "complete")):
        return python
    shutil.rmtree(folder, ignore_errors=True)
    print(f"installing into {folder} ...", file=sys.stderr, flush=True)
    if subprocess.run([sys.executable, "-m", "venv", folder], stdout=sys.stderr, check=False).returncode:
        sys.exit("Tests/Fleet/run: no virtual environment can be made: install python3-venv")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements], stdout=sys.stderr, check=True)
    open(os.path.join(folder, "complete"), "w", encoding="utf-8").close()
    return python
