"""The facts a figure means nothing without: the machine, the day, who else was on it, and the versions of all that was measured."""
import datetime
import os
import platform
import re
import subprocess

from measure import read


def said(*argv):
    """The first line that a program says of itself, or None."""
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0] if lines else None


def commit(folder):
    found = said("git", "-c", "safe.directory=*", "-C", folder, "describe", "--always", "--dirty", "--abbrev=10")
    return found if found and re.fullmatch(r"[\w.-]+", found) else None


def facts(binary, root):
    model = re.search(r"model name\s*:\s*(.*)", read("/proc/cpuinfo"))
    memory = re.search(r"MemTotal:\s*(\d+)", read("/proc/meminfo"))
    distribution = re.search(r'PRETTY_NAME="(.*)"', read("/etc/os-release"))
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "kernel": platform.release(), "architecture": platform.machine(), "distribution": distribution[1] if distribution else None,
        "cpu": model[1] if model else None, "cores": os.cpu_count(), "memory_mib": int(memory[1]) // 1024 if memory else None,
        "hypervisor": "hypervisor" in read("/proc/cpuinfo"), "load_before": os.getloadavg(),
        "versions": {
            "wallwatch": said(binary, "--version"), "commit": commit(root), "python": platform.python_version(), "gcc": said("gcc", "--version"),
            "nft": said("nft", "--version"), "iptables-legacy": said("iptables-legacy", "--version"), "ipset": said("ipset", "--version"),
        },
    }
