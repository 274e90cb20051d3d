"""The model's opinion: the program `ruleset-model`, which stays and answers line by line."""
import json
import subprocess


class Model:
    def __init__(self, binary):
        self.process = subprocess.Popen([binary], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def rules(self):
        """{(backend, family, table, chain, rule): (effective, blocking)}, and the figures (effective, blocking)."""
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the model ended (status {self.process.wait()})")
        said = json.loads(line)
        rules = {}
        for rule in said.get("rules", []):
            rules[tuple(rule[key] for key in ("backend", "family", "table", "chain", "rule"))] = (rule["effective"], rule["blocking"])
        return rules, (said["effective"], said["blocking"])

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
