"""A busy host's day at speed: no alert may come of it.

Per minute of the day: kube-proxy syncs twice (every 30 s), CrowdSec updates its sets six times (every 10 s), fail2ban bans and
unbans once. Every third minute a container starts and stops with three rules each, every half hour a configuration management
run asks for its rules and changes one, every hour the saved rules of a chain are loaded anew, every other hour dockerd is restarted."""
import json
import os
import tempfile
import time

from .scenario import Scenario
from .world import World

HEAD = "#!/bin/sh\n# A busy host's day.\n# row: all\n# firewall: busy.rules\n# config: overlay\n# expect: no alert\n"
DOCKER = "iptables --wait -t {table} {verb} {chain} {rule}"
RULES = (("nat", "DOCKER", "-p tcp --dport {port} -j DNAT --to-destination 172.17.0.{host}:80"),
         ("filter", "DOCKER", "-d 172.17.0.{host}/32 -o docker0 -p tcp --dport 80 -j ACCEPT"),
         ("nat", "POSTROUTING", "-p tcp -s 172.17.0.{host} -d 172.17.0.{host} --dport 80 -j MASQUERADE"))


def sync(folder, count):
    """A file for kube-proxy's iptables-restore: so many services without endpoints."""
    path = os.path.join(folder, f"sync{count}")
    with open(path, "w", encoding="ascii") as file:
        file.write("*filter\n:KUBE-SERVICES - [0:0]\n:KUBE-FORWARD - [0:0]\n")
        file.writelines(f"-A KUBE-SERVICES -d 10.96.0.{host + 10}/32 -p tcp --dport 80 -j REJECT\n" for host in range(count))
        file.write("-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP\n-A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT\nCOMMIT\n")
    return path


def container(verb, number):
    host = number % 200 + 2
    return [DOCKER.format(table=table, verb=verb, chain=chain, rule=rule.format(port=8000 + host, host=host)) for table, chain, rule in RULES]


def restart():
    """dockerd's own chains go, and come again."""
    yield from ("iptables --wait -D FORWARD -j DOCKER-ISOLATION-STAGE-1", "iptables --wait -F DOCKER-ISOLATION-STAGE-1", "iptables --wait -F DOCKER-ISOLATION-STAGE-2", "sleep 0.1",
                "iptables --wait -A DOCKER-ISOLATION-STAGE-1 -i docker0 -j DOCKER-ISOLATION-STAGE-2", "iptables --wait -A DOCKER-ISOLATION-STAGE-1 -j RETURN",
                "iptables --wait -A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP", "iptables --wait -A DOCKER-ISOLATION-STAGE-2 -j RETURN", "iptables --wait -I FORWARD -j DOCKER-ISOLATION-STAGE-1")


def plans(minutes, folder):
    """What each writer does, step by step."""
    saved = os.path.join(folder, "guard")
    with open(saved, "w", encoding="ascii") as file:
        file.write("*filter\n:guard - [0:0]\n-A guard -s 192.0.2.0/24 -j DROP\n-A guard -p tcp --dport 23 -j DROP\n-A guard -p tcp --dport 445 -j REJECT\nCOMMIT\n")
    kube = [f"iptables-restore -w 5 -W 100000 --noflush --counters < {sync(folder, (at * 7 + at // 3) % 10)}" for at in range(minutes * 2)]
    crowdsec = ["nft: add table ip crowdsec; add set ip crowdsec crowdsec-blacklists { type ipv4_addr; flags timeout; }; add chain ip crowdsec crowdsec-chain { type filter hook input priority -10; }; add rule ip crowdsec crowdsec-chain ip saddr @crowdsec-blacklists drop"]
    for at in range(minutes * 3):
        addresses = f"198.51.{at % 250}.1, 198.51.{at % 250}.2"
        crowdsec += [f"nft: add element ip crowdsec crowdsec-blacklists {{ {addresses} }}", f"nft: delete element ip crowdsec crowdsec-blacklists {{ {addresses} }}"]
    bans = ["sh -c iptables -w -N f2b-sshd; iptables -w -A f2b-sshd -j RETURN; iptables -w -I INPUT -p tcp --dport 22 -j f2b-sshd"]
    for at in range(minutes):
        bans += [f"sh -c iptables -w -I f2b-sshd 1 -s 203.0.{at // 250}.{at % 250} -j REJECT", f"sh -c iptables -w -D f2b-sshd -s 203.0.{at // 250}.{at % 250} -j REJECT"]
    docker = []
    for at in range(0, minutes, 3):
        docker += container("-A", at) + container("-D", at) + (list(restart()) if at % 120 == 60 else [])
    runs = []
    for at in range(0, minutes, 30):
        runs += [f"sh -c iptables -w -C INPUT -p tcp --dport {port} -j ACCEPT || iptables -w -A INPUT -p tcp --dport {port} -j ACCEPT" for port in (80, 443)]
        runs += [f"iptables -w -A INPUT -p tcp --dport {9000 + at % 7} -j ACCEPT", f"iptables -w -D INPUT -p tcp --dport {9000 + at % 7} -j ACCEPT"]
        runs += [f"iptables-restore -w 5 --noflush < {saved}"] if at % 60 == 0 else []
    return {"kube-proxy": kube, "crowdsec": crowdsec, "fail2ban": bans, "docker": docker, "runs": runs}


SCRIPT = """. "$LAB/lib.sh"
for path in /usr/sbin/dockerd /usr/bin/fail2ban-server /usr/bin/crowdsec-firewall-bouncer; do cp "$DEEDS/own_writer" $path; done
mkdir -p "$WORK/bin" /opt/puppetlabs/bin
cp "$DEEDS/own_writer" "$WORK/bin/kube-proxy"
cp "$DEEDS/own_writer" /opt/puppetlabs/bin/ruby
{ in_container sh -c 'mount --bind "$0/bin" /usr/local/bin && exec /usr/local/bin/kube-proxy "@$1/kube-proxy"' "$WORK" "$PLANS" && touch "$WORK/kube-proxy.done"; } &
in_unit crowdsec-firewall-bouncer.service /usr/bin/crowdsec-firewall-bouncer "@$PLANS/crowdsec" "touch $WORK/crowdsec.done" "sleep 1000" &
in_unit fail2ban.service /usr/bin/fail2ban-server "@$PLANS/fail2ban" "touch $WORK/fail2ban.done" "sleep 1000" &
in_unit docker.service /usr/sbin/dockerd "@$PLANS/docker" "touch $WORK/docker.done" "sleep 1000" &
{ in_unit puppet.service /opt/puppetlabs/bin/ruby "@$PLANS/runs" && touch "$WORK/runs.done"; } &
for writer in kube-proxy crowdsec fail2ban docker runs; do until [ -e "$WORK/$writer.done" ]; do sleep 0.2; done; done
"""


def run(options):
    minutes = int(options.noise)
    with tempfile.TemporaryDirectory(prefix="wwlab-noise-") as folder:
        steps = plans(minutes, folder)
        for name, lines in steps.items():
            with open(os.path.join(folder, name), "w", encoding="ascii") as file:
                file.writelines(f"{line}\n" for line in lines)
        path = os.path.join(folder, "benign", "noise.sh")
        os.mkdir(os.path.dirname(path))
        with open(path, "w", encoding="utf-8") as file:
            file.write(HEAD + SCRIPT.replace("$PLANS", folder))
        os.chmod(folder, 0o755)
        world = World(Scenario(path), options)
        try:
            return watch(world, minutes, steps)
        finally:
            world.close()


def watch(world, minutes, steps):
    own = world.own
    world.start("firewall,state")
    mark, began = own.mark(), time.monotonic()
    status, said = world.perform(3600)
    took = time.monotonic() - began
    time.sleep(5 * world.quiet + 1)
    world.fence()
    changes = [line for line in own.since(mark, own.host, "firewall-changed")]
    alerts, lost = own.since(mark, None, "firewall-alert"), own.since(mark, None, "collector-events-lost", "model-drift")
    print(f"{minutes} minutes of a busy host in {took:.0f} s: {', '.join(f'{len(lines)} steps of {name}' for name, lines in steps.items())};")
    print(f"{len(changes)} changes told ({len(changes) / took:.0f} a second), {len(alerts)} alerts, {len(lost)} lines of losses or drift")
    bad = [f"the writers went wrong ({status}): {said[-600:]}"] if status else []
    bad += [f"{line.get('rule.id')}: {line.get('event.reason')}" for line in alerts] + [f"{line.action}: {line.text[:400]}" for line in lost]
    bad += ["hardly anything was seen"] if len(changes) < 5 * minutes else []
    print(*bad, sep="\n")
    if world.options.json_out:
        with open(world.options.json_out, "w", encoding="utf-8") as file:
            json.dump({"noise": minutes, "seconds": round(took), "steps": {name: len(lines) for name, lines in steps.items()}, "changes": len(changes), "alerts": len(alerts), "bad": bad}, file)
    print(f"{int(not bad)} passed, {int(bool(bad))} failed, 0 skipped")
    return int(bool(bad))
