"""Random rulesets of nftables, as trees that can be cut down, and the trees as text.

A rule is its conditions and statements, then its counter, then its tail: so the counter moves only if all held. Where
the tail itself may fail to match, because it asks a map that is empty, there is no counter.
"""

HOOKS = {
    "ip": ("prerouting", "input", "forward", "output", "postrouting"),
    "arp": ("input", "output"),
    "netdev": ("ingress", "egress"),
}
HOOKS["ip6"] = HOOKS["inet"] = HOOKS["bridge"] = HOOKS["ip"]
DEVICES = ("r0", "r1", "p0")
FAMILIES = ("ip", "ip6", "inet", "inet", "bridge", "netdev", "arp")
# Of sets: what may be asked of them, and what they may hold. The first keys can always be loaded.
ALWAYS = {
    "mark": (("meta mark",), ("0", "1", "2", "7")),
    "typeof meta length": (("meta length",), ("36", "40", "60", "228")),
    "nf_proto": (("meta nfproto",), ("ipv4", "ipv6")),
    "typeof meta priority": (("meta priority",), ("none", "0:1")),
}
KEYS = {
    **ALWAYS,
    "ipv4_addr": (("ip saddr", "ip daddr"), ("10.1.0.2", "10.1.0.3", "10.2.0.2", "10.1.0.1", "10.3.0.2")),
    "ipv6_addr": (("ip6 saddr", "ip6 daddr"), ("fd01::2", "fd01::3", "fd02::2", "fd01::1")),
    "inet_service": (("tcp dport", "udp dport", "th dport"), ("22", "53", "80", "443", "4080")),
    "inet_proto": (("meta l4proto", "ip protocol"), ("tcp", "udp", "icmp")),
    "ifname": (("iifname", "oifname"), ('"r0"', '"r1"', '"p0"', '"lo"')),
    "ipv4_addr . inet_service": (("ip saddr . tcp dport", "ip daddr . udp dport"), ("10.1.0.2 . 80", "10.2.0.2 . 443")),
}
CONDITIONS = (
    "meta mark 1", "meta mark != 1", "meta mark and 0x3 == 1", "meta length > 60", "meta l4proto tcp", "meta l4proto udp",
    "meta l4proto { icmp, icmpv6 }", "tcp dport 80", "tcp dport != 80", "udp dport { 53, 443 }", "th dport 22-100", "tcp flags syn",
    "meta protocol ip", "meta protocol ip6", "meta priority 0:1", 'iifname "r0"', 'oifname "r1"', 'iif "r1"', 'oif != "lo"',
    'iifname { "r0", "p0" }', "meta pkttype host", "meta pkttype { broadcast, multicast }", "numgen inc mod 2 0", "numgen random mod 3 { 0, 2 }",
    "limit rate 5/second", "limit rate over 5/second burst 3 packets", "quota 400 bytes", "quota over 400 bytes", "meta cpu 0",
)  # fmt: skip
IP_ONLY = (
    "ct state established,related", "ct state new", "ct state invalid", "ct state { new, untracked }", "ct mark 0", "ct direction original",
    "meta skuid 0", "ct count over 2", "rt classid 0",
)  # fmt: skip
V4 = ("ip saddr 10.1.0.2", "ip saddr != 10.1.0.0/30", "ip daddr { 10.2.0.2, 10.1.0.1 }", "ip ttl 1", "icmp type echo-request", "ip frag-off & 0x1fff != 0",
      "ip saddr 10.1.0.2-10.1.0.3", "ip saddr . th dport { 10.1.0.2 . 80, 10.1.0.3 . 53 }")  # fmt: skip
V6 = ("ip6 saddr fd01::2", "ip6 daddr != fd02::/64", "icmpv6 type echo-request", "ip6 hoplimit 64", "exthdr frag exists")
FIB = ("fib daddr type local", "fib saddr . iif oif exists", "fib daddr type { unicast, broadcast }")
BRIDGED = ("ether saddr 02:00:00:00:00:05", "ether type ip", "ether type arp", "vlan id 5", "ether daddr ff:ff:ff:ff:ff:ff")
ARP = ("arp operation request", "arp operation != reply", "arp saddr ip 10.1.0.3", "arp htype 1")
# Those that stop no packet.
STATEMENTS = (
    "meta mark set 1", "meta mark set meta mark or 0x2", "meta mark set numgen inc mod 4", "meta nftrace set 1", "meta priority set 0:1", "last",
    'log prefix "o "', 'counter name "c0"', "meta pkttype set host", 'quota name "q0"', 'limit name "l0"', "meta mark set jhash meta mark mod 3",
)  # fmt: skip
CT_STATEMENTS = ("ct mark set 1", "ct mark set meta mark", "notrack", "ct label set 1")
# Tails that nft takes behind such a condition only.
NEEDED = {"tproxy": "meta l4proto tcp", "synproxy": "tcp dport 80"}


class Generator:
    def __init__(self, random):
        self.random = random

    def chance(self, share):
        return self.random.random() < share

    def ruleset(self):
        tables = []
        for index in range(self.random.choice((1, 1, 2, 2, 3, 4))):
            tables.append(self.table(f"t{index}", self.random.choice(FAMILIES)))
        return {"kind": "nft", "tables": tables}

    def table(self, name, family):
        table = {"family": family, "name": name, "dormant": self.chance(0.04), "sets": [], "chains": []}
        regular = self.random.randint(0, 6)
        base = self.random.randint(1, 4)
        names = [f"c{number}" for number in range(base + regular)]
        table["sets"] = [self.set(f"s{index}", family) for index in range(self.random.randint(0, 4))]
        # A map in which chains stand is asked by those in front of them only: the kernel refuses loops.
        half = max(base, len(names) // 2)
        table["sets"] += [self.map(f"m{index}", family, names[half:]) for index in range(self.random.randint(0, 2))]
        table["sets"] += [self.data_map(f"d{index}") for index in range(self.random.randint(0, 1))]
        for number, chain in enumerate(names):
            hooked = self.base(family) if number < base else None
            usable = [one for one in table["sets"] if one["kind"] != "verdict" or number < half]
            below = [names[at] for at in range(max(number + 1, base), len(names))]
            rules = [self.rule(family, hooked, usable, below) for _ in range(self.random.choice((0, 1, 2, 3, 4, 6)))]
            table["chains"].append({"name": chain, "base": hooked, "rules": rules})
        return table

    def base(self, family):
        hook = self.random.choice(HOOKS[family])
        kind, device, priority = "filter", None, self.random.choice((-300, -150, -10, 0, 0, 5, 100))
        if family == "netdev" or family == "inet" and self.chance(0.06):
            device, hook = self.random.choice(DEVICES), hook if family == "netdev" else "ingress"
        elif family in ("ip", "ip6", "inet") and self.chance(0.15):
            kind, hook = self.random.choice((("route", "output"), ("nat", self.random.choice(("prerouting", "input", "output", "postrouting")))))
            priority = max(priority, -150)
        policy = "drop" if self.chance(0.08) else "accept"
        return {"type": kind, "hook": hook, "device": device, "priority": priority, "policy": policy}

    def key_types(self, family):
        refused = {"ip": ("ipv6_addr",), "ip6": ("ipv4_addr", "ipv4_addr . inet_service", "inet_proto"), "arp": [key for key in KEYS if key not in (*ALWAYS, "ifname")]}
        return [key for key in KEYS if key not in refused.get(family, ()) and not (key == "nf_proto" and family != "inet")]

    def set(self, name, family):
        # An inverted question of those that can always be loaded is what a model may take for none.
        types = self.key_types(family)
        key = self.random.choice([one for one in types if one in ALWAYS] if self.chance(0.4) else types)
        elements = self.random.sample(KEYS[key][1], self.random.choice((0, 0, 1, 2, len(KEYS[key][1]))))
        flags = []
        if key in ("ipv4_addr", "ipv6_addr", "inet_service", "mark") and self.chance(0.3):
            flags = ["interval"]
            if elements and key == "ipv4_addr":
                elements = self.random.choice((["10.1.0.0/24"], ["10.0.0.0/8"], ["0.0.0.0/0"], ["10.1.0.1-10.1.0.3", "10.2.0.2"]))
        elif self.chance(0.12):
            flags = ["dynamic", "timeout"] if self.chance(0.7) else ["timeout"]
        if self.chance(0.05):
            elements = elements + ["*"]
        return {"name": name, "kind": "set", "type": key, "flags": flags, "elements": elements}

    def map(self, name, family, chains):
        key = self.random.choice(self.key_types(family))
        elements = [[element, *self.verdict(chains)] for element in self.random.sample(KEYS[key][1], self.random.randint(0, len(KEYS[key][1])))]
        if self.chance(0.1):
            elements.append(["*", *self.verdict(chains)])
        return {"name": name, "kind": "verdict", "type": key, "flags": [], "elements": elements}

    def data_map(self, name):
        elements = [[element, "1", None] for element in self.random.sample(KEYS["mark"][1], self.random.choice((0, 0, 1, 3)))]
        return {"name": name, "kind": "data", "type": "mark", "flags": [], "elements": elements}

    def verdict(self, chains):
        kind = self.random.choice(("accept", "drop", "return", "continue", "jump", "jump", "jump", "goto", "goto"))
        if kind not in ("jump", "goto"):
            return kind, None
        if not chains:
            return "return", None
        chain = self.random.choice(chains)
        return f"{kind} {chain}", chain

    def rule(self, family, hooked, sets, below):
        parts = []
        for _ in range(self.random.choice((0, 0, 1, 1, 2, 3))):
            parts.append(self.part(family, [one for one in sets if one["kind"] == "set"]))
        rule = {"parts": parts, "tail": self.tail(family, hooked, sets, below)}
        # What leads elsewhere matters most to the rules behind it when it takes every packet.
        if rule["tail"]["text"].startswith(("jump", "goto")) and self.chance(0.5):
            parts.clear()
        # nft refuses conditions of two protocols in one rule.
        while len(parts) > 0 and any(len(found) > 1 for found in protocols(rule)):
            parts.pop()
        return rule

    def part(self, family, sets):
        if sets and self.chance(0.35):
            one = self.random.choice(sets)
            key = self.random.choice(KEYS[one["type"]][0])
            if "dynamic" in one["flags"] and self.chance(0.5):
                return {"text": f"{self.random.choice(('update', 'add', 'delete'))} @{one['name']} {{ {key} }}", "set": one["name"]}
            return {"text": f"{key} {self.random.choice(('', '!= ', '!= '))}@{one['name']}", "set": one["name"]}
        if self.chance(0.3):
            statements = STATEMENTS + (CT_STATEMENTS if family in ("ip", "ip6", "inet") else ())
            return {"text": self.random.choice(statements), "set": None}
        conditions = list(CONDITIONS)
        conditions += IP_ONLY if family in ("ip", "ip6", "inet") else ()
        conditions += FIB if family in ("ip", "ip6", "inet") else ()
        conditions += V4 * 2 if family in ("ip", "inet", "bridge", "netdev") else ()
        conditions += V6 if family in ("ip6", "inet", "bridge", "netdev") else ()
        conditions += BRIDGED * 2 if family in ("bridge", "netdev") else ()
        if family == "arp":
            conditions = [*ARP, *ARP, "meta mark 1", "meta mark != 1", 'iifname "r0"', "meta length > 60", "limit rate 5/second"]
        return {"text": self.random.choice(conditions), "set": None}

    def tail(self, family, hooked, sets, below):
        maps = [one for one in sets if one["kind"] == "verdict"]
        if maps and self.chance(0.18):
            one = self.random.choice(maps)
            return {"text": f"{self.random.choice(KEYS[one['type']][0])} vmap @{one['name']}", "set": one["name"], "chain": None, "vmap": None}
        data = [one for one in sets if one["kind"] == "data"]
        if data and self.chance(0.1):
            return {"text": f"meta mark set meta mark map @{data[0]['name']}", "set": data[0]["name"], "chain": None, "vmap": None}
        if self.chance(0.08):
            type = self.random.choice([key for key in self.key_types(family) if "typeof" not in key])
            values = self.random.sample(KEYS[type][1], self.random.randint(1, len(KEYS[type][1])))
            vmap = [[value, *self.verdict(below)] for value in values]
            return {"text": f"{self.random.choice(KEYS[type][0])} vmap", "set": None, "chain": None, "vmap": vmap}
        text, chain = self.plain(family, hooked, below)
        return {"text": text, "set": None, "chain": chain, "vmap": None}

    def plain(self, family, hooked, below):
        kind = self.random.choice(("", "", "", "accept", "drop", "return", "continue", "jump", "jump", "jump", "goto", "goto", "special"))
        if kind in ("jump", "goto"):
            if not below:
                return "", None
            chain = self.random.choice(below)
            return f"{kind} {chain}", chain
        if kind != "special":
            return kind, None
        special = [""] if family == "arp" or hooked and (hooked["hook"] in ("egress", "postrouting")) else ["reject"]
        if hooked and hooked["type"] == "nat":
            masked = {"postrouting": ["masquerade", "masquerade random"], "prerouting": ["redirect"], "output": ["redirect"]}
            special = masked.get(hooked["hook"], [""])
            if hooked["hook"] in ("prerouting", "output") and family in ("ip", "inet"):
                special += ["dnat ip to 10.2.0.2" if family == "inet" else "dnat to 10.2.0.2"]
            if hooked["hook"] in ("postrouting", "input") and family in ("ip6", "inet"):
                special += ["snat ip6 to fd02::1" if family == "inet" else "snat to fd02::1"]
        elif hooked and hooked["hook"] == "prerouting" and family in ("ip", "inet"):
            special += ["tproxy ip to 127.0.0.1:80" if family == "inet" else "tproxy to 127.0.0.1:80", "reject"]
        elif hooked and hooked["hook"] in ("input", "forward") and family in ("ip", "ip6", "inet"):
            special += ["synproxy mss 1460 wscale 7"]
        elif family == "netdev":
            special += ['dup to "r1"', 'fwd to "r1"']
        if family in ("ip", "ip6") and not (hooked and hooked["type"] == "nat"):
            special += ["dup to 10.2.0.2" if family == "ip" else "dup to fd02::2"]
        return self.random.choice(special), None


def protocols(rule):
    """Which protocols of each layer a rule speaks of."""
    words = [part["text"] for part in (*rule["parts"], rule["tail"])]
    network = {word.split()[0] for word in words if word.split()[:1] and word.split()[0] in ("ip", "ip6", "arp", "vlan")}
    network |= {"ip" if "icmp " in word else "ip6" for word in words if word.startswith(("icmp ", "icmpv6 "))}
    transport = {word.split()[0] for word in words if word.split()[:1] and word.split()[0] in ("tcp", "udp", "icmp", "icmpv6")}
    transport |= {named for word in words for named in ("tcp", "udp") if f"l4proto {named}" in word or f". {named}" in word}
    transport |= {"tcp" for word in words if word.startswith(("tproxy", "synproxy"))}
    return network, transport


def text(ruleset, places=None):
    """The tree as nft reads it. What refers to something that was cut away is left out.

    `places` learns which part of the tree stands in which line: (list, item).
    """
    out = []
    places = {} if places is None else places
    for table in ruleset["tables"]:
        sets = {one["name"]: one for one in table["sets"]}
        chains = {one["name"] for one in table["chains"]}
        out.append(f"table {table['family']} {table['name']} {{")
        if table["dormant"]:
            out.append("\tflags dormant")
        out.extend(objects(table))
        for one in table["sets"]:
            lines = set_text(one, chains)
            places.update(dict.fromkeys(range(len(out) + 1, len(out) + len(lines) + 1), (table["sets"], one)))
            out += lines
        for chain in table["chains"]:
            out.append(f"\tchain {chain['name']} {{")
            if base := chain["base"]:
                device = f" device {base['device']}" if base["device"] else ""
                out.append(f"\t\ttype {base['type']} hook {base['hook']}{device} priority {base['priority']}; policy {base['policy']};")
                places[len(out)] = (table["chains"], chain)
            for rule in chain["rules"]:
                if line := rule_text(rule, sets, chains):
                    out.append("\t\t" + line)
                    places[len(out)] = (chain["rules"], rule)
            out.append("\t}")
        out.append("}")
    return "\n".join(out) + "\n"


def objects(table):
    used = " ".join(part["text"] for chain in table["chains"] for rule in chain["rules"] for part in rule["parts"])
    for name, line in (('counter name "c0"', "counter c0 { }"), ('quota name "q0"', "quota q0 { 300 bytes }"), ('limit name "l0"', "limit l0 { rate 9/second; }")):
        if name in used:
            yield "\t" + line


def held(one, chains):
    return [element for element in one["elements"] if one["kind"] == "set" or element[2] is None or element[2] in chains]


def set_text(one, chains):
    key = one["type"] if one["type"].startswith("typeof") else f"type {one['type']}"
    value = {"set": "", "verdict": " : verdict", "data": " : mark"}[one["kind"]]
    lines = [f"\t{'set' if one['kind'] == 'set' else 'map'} {one['name']} {{", f"\t\t{key}{value};"]
    if one["flags"]:
        lines.append(f"\t\tflags {', '.join(one['flags'])};")
    if "timeout" in one["flags"]:
        lines.append("\t\ttimeout 1h;")
    if elements := held(one, chains):
        listed = elements if one["kind"] == "set" else [f"{element[0]} : {element[1]}" for element in elements]
        lines.append(f"\t\telements = {{ {', '.join(listed)} }};")
    return [*lines, "\t}"]


def rule_text(rule, sets, chains):
    tail = rule["tail"]
    if any(part["set"] not in sets for part in (*rule["parts"], tail) if part["set"]):
        return None
    if tail["chain"] and tail["chain"] not in chains:
        return None
    end = tail["text"]
    if tail["vmap"] is not None:
        elements = [element for element in tail["vmap"] if element[2] is None or element[2] in chains]
        if not elements:
            return None
        end += " { " + ", ".join(f"{key} : {verdict}" for key, verdict, _ in elements) + " }"
    is_empty = tail["set"] and not held(sets[tail["set"]], chains)
    needed = [condition for word, condition in NEEDED.items() if end.startswith(word)]
    counter = [] if is_empty else ["counter"]
    return " ".join([*(part["text"] for part in rule["parts"]), *needed, *counter, *([end] if end else [])])
