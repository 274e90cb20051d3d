"""Independent counts: what nft, iptables-save and ipset say is there."""
import json


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
    if "ipset" in ns.backends:
        elements += sum(line.startswith("add ") for line in ns.run(["ipset", "save"]).out.splitlines())
    return rules, elements


def handles(ns, family, table, chain):
    """The rule handles of a chain, in its order."""
    found = (item["rule"] for item in nft_objects(ns) if "rule" in item)
    return [str(rule["handle"]) for rule in found if (rule["family"], rule["table"], rule["chain"]) == (family, table, chain)]
