"""Independent counts: what nft, iptables-save, arptables, ebtables and ipset say is there."""
import json
import re


def nft_objects(ns):
    text = ns.run(["nft", "-j", "list", "ruleset"]).out
    return json.loads(text)["nftables"] if text.strip() else []


def elements_of(kind):
    return len(kind.get("elem", []))


def count(ns):
    objects = nft_objects(ns)
    rules = sum("rule" in item for item in objects)
    elements = sum(elements_of(item[kind]) for item in objects for kind in ("set", "map") if kind in item)
    if "legacy" in ns.backends:
        for tool in ("iptables-legacy-save", "ip6tables-legacy-save"):
            rules += sum(line.startswith("-A ") for line in ns.run([tool]).out.splitlines())
    if "arptables-legacy" in ns.backends:
        rules += sum(line.startswith("-") for line in ns.run(["arptables-legacy", "-nL"]).out.splitlines())
    if "ebtables-legacy" in ns.backends:
        rules += sum(map(int, re.findall(r"^Bridge chain: .*, entries: (\d+),", ns.run(["ebtables-legacy", "-L"]).out, re.M)))
    if "ipset" in ns.backends:
        elements += sum(line.startswith("add ") for line in ns.run(["ipset", "save"]).out.splitlines())
    return rules, elements


def handles(ns, family, table, chain):
    """The rule handles of a chain, in its order."""
    found = (item["rule"] for item in nft_objects(ns) if "rule" in item)
    return [str(rule["handle"]) for rule in found if (rule["family"], rule["table"], rule["chain"]) == (family, table, chain)]
