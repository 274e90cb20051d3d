"""promtool of Debian's package prometheus, unpacked into a cache: installing it would start a service."""
import glob
import os
import shutil
import subprocess
import tempfile

from .outcome import Failed, check

CACHE = "/var/cache/wallwatch-test/prometheus"


def path():
    if found := shutil.which("promtool"):
        return found
    tool = f"{CACHE}/usr/bin/promtool"
    if os.access(tool, os.X_OK):
        return tool
    os.makedirs(CACHE, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)  # apt fetches as a user of its own
        done = subprocess.run(["apt-get", "download", "-q", "prometheus"], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            subprocess.run(["apt-get", "update", "-q"], capture_output=True, check=False)
            done = subprocess.run(["apt-get", "download", "-q", "prometheus"], cwd=folder, capture_output=True, text=True, check=False)
        packages = glob.glob(f"{folder}/prometheus_*.deb")
        if not packages:
            raise Failed(f"Debian's package prometheus cannot be fetched: {done.stderr[-500:]}")
        subprocess.run(["dpkg-deb", "-x", packages[0], CACHE], check=True)
    check(os.access(tool, os.X_OK), "there is no promtool in Debian's package prometheus")
    return tool


def check_metrics(text):
    """Fails unless promtool has nothing to say of them."""
    done = subprocess.run([path(), "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    check(done.returncode == 0 and not done.stdout.strip() and not done.stderr.strip(), f"promtool ends with {done.returncode}: {done.stdout}{done.stderr}")
