"""A scenario: a small script whose first comments say what it is, what it needs and what has to come of it."""
import os
import re
import shutil

HERE = os.path.realpath(os.path.join(os.path.dirname(__file__), ".."))
KINDS = ("attacks", "benign")
FIELD = re.compile(r"#\s*(row|needs|firewall|expect|who|tiers|settle|config|known):\s*(.*)")
EXPECT = re.compile(r"(WW\d\d\d) by (\S+(?: or \S+)*)$")


class Scenario:
    def __init__(self, path):
        self.path, self.kind = path, os.path.basename(os.path.dirname(path))
        self.name = os.path.splitext(os.path.basename(path))[0]
        self.fields, words = {}, []
        with open(path, encoding="utf-8") as file:
            for line in file.read().splitlines()[1:]:
                if not line.startswith("#"):
                    break
                if match := FIELD.match(line):
                    self.fields[match[1]] = match[2].strip()
                else:
                    words.append(line.lstrip("# "))
        self.what = " ".join(words)
        expect = self.fields.get("expect", "")
        self.rule = self.author = None
        if match := EXPECT.match(expect):
            self.rule, self.author = match[1], match[2].split(" or ")
        elif expect != "no alert":
            raise SystemExit(f"{path}: no `# expect: WW00x by PROCESS` and no `# expect: no alert`")
        if (self.rule is None) != (self.kind == "benign") or not self.what or "row" not in self.fields:
            raise SystemExit(f"{path}: its expectation does not fit its folder, or it does not say what it is or which row")

    @property
    def needs(self):
        return self.fields.get("needs", "netns").split()

    @property
    def rows(self):
        return [row.strip() for row in self.fields["row"].split(",")]

    @property
    def place(self):
        return next((need for need in self.needs if need in ("systemd", "vm")), "netns")

    @property
    def firewall(self):
        return self.fields.get("firewall", "").split()

    def argv(self):
        return ["/usr/bin/python3", "-B", self.path] if self.path.endswith(".py") else ["/bin/sh", self.path]

    def hindrance(self, in_vm):
        """Why it cannot be run here; None: it can."""
        if self.place == "vm" and not in_vm:
            return "unloads modules of the kernel: only in a virtual machine (scripts/lab --vm)"
        if self.place == "systemd" and in_vm:
            return "the emulated machine has no systemd"
        missing = [need for need in self.needs if need not in ("netns", "systemd", "vm") and self.place != "systemd" and not shutil.which(need)]
        return f"{' and '.join(missing)} is not here" if missing else None


def scenarios():
    found = []
    for kind in KINDS:
        folder = os.path.join(HERE, kind)
        found += [Scenario(os.path.join(folder, name)) for name in sorted(os.listdir(folder)) if name.endswith((".sh", ".py"))]
    return found
