"""Random rulesets of iptables, for legacy tables and for nftables' compatible ones, as trees and as text.

Every rule of iptables has a counter that moves only when all its matches did.
"""
from .kernel import BUILT_IN, LEGACY, XT

HOSTS = {
    "ip": ("10.1.0.2", "10.1.0.0/24", "10.1.0.3", "10.2.0.2", "0.0.0.0/0"),
    "ip6": ("fd01::2", "fd01::/64", "fd01::3", "fd02::2", "::/0"),
}
MATCHES = (
    "-p tcp", "-p udp", "! -p tcp", "-p tcp --dport 80", "-p udp -m multiport --dports 53,443", "-p tcp --syn", "-p tcp --tcp-flags ALL ACK",
    "-m mark --mark 1", "-m mark ! --mark 1", "-m conntrack --ctstate ESTABLISHED,RELATED", "-m conntrack --ctstate NEW", "-m conntrack ! --ctstate INVALID",
    "-m state --state NEW", "-m comment --comment x", "-m comment --comment y", "-m limit --limit 5/second", "-m statistic --mode nth --every 2 --packet 0",
    "-m length --length 60:300", "-m addrtype --dst-type LOCAL", "-m pkttype --pkt-type unicast", "-m connmark --mark 0", "-m u32 --u32 0=0",
    "-m quota --quota 300", "-m set --match-set full src", "-m set --match-set empty src", "-m set ! --match-set empty dst", "-m set ! --match-set full src",
)  # fmt: skip
ONLY = {"ip": ("-p icmp", "-f", "! -f", "-m ttl --ttl-eq 64", "-p icmp --icmp-type echo-request"), "ip6": ("-p icmpv6", "-m hl --hl-eq 64", "-m frag --fragid 1")}
INCOMING = ("-i r0", "! -i r0", "-i r+", "-i +", "! -i +")
OUTGOING = ("-o r1", "! -o r1", "-o +", "! -o +", "-o lo")
MANGLING = ("-j MARK --set-mark 1", "-j MARK --or-mark 2", "-j CONNMARK --save-mark", "-j TTL --ttl-dec 1", "-j DSCP --set-dscp 1", "-j CLASSIFY --set-class 0:1")

ONCE = ("-p", "-s", "-d", "-i", "-o", "-f")


class Generator:
    def __init__(self, random):
        self.random = random

    def ruleset(self, kind):
        backend, family = kind.split("-")
        names = self.random.sample(list(BUILT_IN), self.random.choice((1, 1, 2, 3)))
        if backend == "xt" and "security" in names:
            names.remove("security")
        return {"kind": kind, "tables": [self.table(name, family) for name in names or ["filter"]]}

    def table(self, name, family):
        built_in = BUILT_IN[name]
        users = [f"c{number}" for number in range(self.random.randint(0, 5))]
        chains = []
        for number, chain in enumerate((*built_in, *users)):
            below = users if number < len(built_in) else users[number - len(built_in) + 1 :]
            hooked = chain if number < len(built_in) else None
            rules = [self.rule(name, family, hooked, below) for _ in range(self.random.choice((0, 1, 2, 3, 5)))]
            policy = ("DROP" if self.random.random() < 0.08 and name != "nat" else "ACCEPT") if hooked else "-"
            chains.append({"name": chain, "policy": policy, "rules": rules})
        return {"name": name, "chains": chains, "family": family}

    def rule(self, table, family, hooked, below):
        parts = []
        for _ in range(self.random.choice((0, 0, 1, 1, 2))):
            parts.append(self.part(family, hooked))
        tail = self.tail(table, family, hooked, below)
        # What leads elsewhere matters most to the rules behind it when it takes every packet.
        if tail["chain"] and self.random.random() < 0.5:
            parts = []
        # Each option is taken once.
        taken = {word for word in tail["text"].split() if word in ONCE}
        kept = []
        for part in parts:
            words = {word for word in part.split() if word in ONCE} | {part}
            if not words & taken:
                kept.append({"text": part})
                taken |= words
        return {"parts": kept, "tail": tail}

    def part(self, family, hooked):
        kind = self.random.random()
        if kind < 0.2:
            return f"{self.random.choice(('', '! '))}{self.random.choice(('-s', '-d'))} {self.random.choice(HOSTS[family])}"
        if kind < 0.35 and hooked not in ("OUTPUT", "POSTROUTING", None):
            return self.random.choice(INCOMING)
        if kind < 0.45 and hooked in ("OUTPUT", "POSTROUTING", "FORWARD"):
            return self.random.choice(OUTGOING)
        chosen = self.random.choice((*MATCHES, *ONLY[family]))
        if family == "ip6" and "--match-set" in chosen:
            chosen = chosen.replace("full", "full6").replace("empty", "empty6")
        return chosen

    def tail(self, table, family, hooked, below):
        kind = self.random.choice(("", "", "-j ACCEPT", "-j DROP", "-j RETURN", "-j", "-j", "-j", "-g", "-g", "special"))
        if kind in ("-j", "-g"):
            if not below:
                return {"text": "", "chain": None}
            chain = self.random.choice(below)
            return {"text": f"{kind} {chain}", "chain": chain}
        if kind == "special":
            kind = self.random.choice(self.special(table, family, hooked))
        if table == "nat" and kind == "-j DROP":
            kind = "-j ACCEPT"
        return {"text": kind, "chain": None}

    def special(self, table, family, hooked):
        host = HOSTS[family][3]
        if table == "nat":
            if hooked in ("PREROUTING", "OUTPUT"):
                return [f"-j DNAT --to-destination {host}", "-p tcp -j REDIRECT --to-ports 80"]
            return ["-j MASQUERADE"] if hooked == "POSTROUTING" else [""]
        common = ["-j LOG", "-j NFQUEUE --queue-num 5", "-j NFQUEUE --queue-num 5 --queue-bypass", f"-j SET --add-set packets{'6' if family == 'ip6' else ''} src"]
        if table == "filter":
            return [*common, "-j REJECT", "-j REJECT", "-p tcp -j REJECT --reject-with tcp-reset"]
        if table == "raw":
            return [*common, "-j NOTRACK", "-j CT --notrack", "-j TRACE"]
        if table == "mangle":
            mangling = [one for one in MANGLING if "TTL" not in one or family == "ip"]
            tee = [f"-j TEE --gateway {host}"]
            return [*common, *mangling, *tee, *(["-p udp -j TPROXY --on-port 80"] if hooked == "PREROUTING" else [])]
        return common


def text(ruleset, places=None):
    """The tree as iptables-restore reads it. `places` learns which part stands in which line: (list, item)."""
    out = []
    places = {} if places is None else places
    for table in ruleset["tables"]:
        out.append(f"*{table['name']}")
        kept = {chain["name"] for chain in table["chains"]}
        built_in = BUILT_IN[table["name"]]
        out += [f":{chain} ACCEPT [0:0]" for chain in built_in if chain not in kept]
        out += [f":{chain['name']} {chain['policy']} [0:0]" for chain in table["chains"]]
        for chain in table["chains"]:
            for rule in chain["rules"]:
                if rule["tail"]["chain"] is None or rule["tail"]["chain"] in kept:
                    words = ["-A", chain["name"], *(part["text"] for part in rule["parts"]), rule["tail"]["text"]]
                    out.append(" ".join(words).rstrip())
                    places[len(out)] = (chain["rules"], rule)
        out.append("COMMIT")
    return "\n".join(out) + "\n"


KINDS = (*(f"legacy-{family}" for family in LEGACY), *(f"xt-{family}" for family in XT))
