"""What a process needs, read from /proc; and what a row of measurements says."""
import glob
import os
import random
import time

TICK = os.sysconf("SC_CLK_TCK")


def tasks(pid):
    return glob.glob(f"/proc/{pid}/task/*")


def read(path):
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read()
    except OSError:  # it is gone, or its kernel does not have the file
        return ""


def tree(pid):
    """The process and all its descendants."""
    found = [pid]
    for task in tasks(pid):
        for child in read(f"{task}/children").split():
            found += tree(int(child))
    return found


def kernel_thread(name):
    """The pid of a kernel thread, such as kauditd: it works for who asked for auditing, and is charged to him."""
    for path in glob.glob("/proc/[0-9]*/comm"):
        if read(path).strip() == name:
            return int(path.split("/")[2])
    return None


def cpu_us(pids):
    """CPU microseconds so far, user and system. The scheduler's own account is in nanoseconds but forgets threads that have ended;
    the ticks of /proc/PID/stat remember them: whichever is more."""
    total = 0.0
    for pid in pids:
        exact = sum(int((read(f"{task}/schedstat") or "0").split()[0]) for task in tasks(pid)) / 1000
        fields = read(f"/proc/{pid}/stat").rpartition(")")[2].split()
        ticks = (int(fields[11]) + int(fields[12])) * 1e6 / TICK if fields else 0
        # Ticks are a sample; they are only believed where they say clearly more.
        total += ticks if ticks > 1.2 * exact + 50_000 else exact
    return total


def status(pids, field):
    """The sum of one number of /proc/PID/status: VmHWM, VmRSS in KiB, Threads."""
    total = 0
    for pid in pids:
        for line in read(f"/proc/{pid}/status").splitlines():
            if line.startswith(field + ":"):
                total += int(line.split()[1])
    return total


def memory(pids):
    """KiB: what is resident; of that what is its own, the rest being pages of files that the kernel can drop; and the most there was."""
    return {"rss_kib": status(pids, "VmRSS"), "own_kib": status(pids, "RssAnon"), "peak_rss_kib": status(pids, "VmHWM")}


def wakeups(pids):
    """How often its threads were given the CPU after they had waited of their own accord."""
    total = 0
    for pid in pids:
        for task in tasks(pid):
            for line in read(f"{task}/status").splitlines():
                if line.startswith("voluntary_ctxt_switches:"):
                    total += int(line.split()[1])
    return total


def settle(pids, files=(), seconds=20.0, patience=1):
    """Waits until the tool has worked off what it was given: neither its CPU time nor its output grows for half a second."""
    def seen():
        return [round(cpu_us(pids) / 2000)] + [os.stat(path).st_size for path in files if os.path.exists(path)]

    deadline, last, since = time.monotonic() + seconds, seen(), time.monotonic()
    while time.monotonic() < deadline:
        time.sleep(0.1)
        now = seen()
        grown = now[1:] != last[1:] or now[0] > last[0] + 1
        if grown:
            since = time.monotonic()
        last = now
        if time.monotonic() - since > 0.5 * patience:
            return
    return


def quantile(values, share):
    """Between the two nearest; of nothing, None."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def summary(values):
    values = [value for value in values if value is not None]
    if not values:
        return None
    return {"median": quantile(values, 0.5), "min": min(values), "max": max(values), "q1": quantile(values, 0.25), "q3": quantile(values, 0.75), "count": len(values)}


def interleaved(names, rounds, seed):
    """base, a, base, b, …, base: each tool once a round in random order, a round of the base on both sides of each."""
    chance = random.Random(seed)
    plan = ["nothing"]
    for _ in range(rounds):
        for name in chance.sample(names, len(names)):
            plan += [name, "nothing"]
    return plan


def ratios(rows, field):
    """For each row of a tool: `field` by the mean of the base before it and the base after it, of the same run."""
    found = {}
    for before, row, after in zip(rows, rows[1:], rows[2:]):
        if row["tool"] != "nothing" and before["tool"] == after["tool"] == "nothing":
            found.setdefault(row["tool"], []).append(row[field] * 2 / (before[field] + after[field]))
    return found


def noise(rows, field):
    """How far each base is from its own neighbours, as ratios: what a tool that costs nothing would look like."""
    bases = [row[field] for row in rows if row["tool"] == "nothing"]
    return [now * 2 / (before + after) for before, now, after in zip(bases, bases[1:], bases[2:])]


def forks():
    """How many processes the whole machine has started: what others start meanwhile is told to the tools too."""
    for line in read("/proc/stat").splitlines():
        if line.startswith("processes "):
            return int(line.split()[1])
    return 0
