"""What rules on the names and arguments of started programs would have found: the conditions that Sigma and Elastic publish
for Linux firewalls, restated here.

SigmaHQ/sigma at 8eaafff1f2845a696050e05e72ba1140ee190698 (2026-08-05), elastic/detection-rules at
14cf530f0d2177023092449cd9d9348b4a8884c2 (2026-08-21). Sigma's Image is taken as the path the program was called by and as the
file it led to: either will do."""
import os

SIGMA, ELASTIC = "sigma:rules/linux/", "elastic:rules/linux/"
LINE = ("ufw-logging-deny", "ufw-logging-allow", "ufw6-logging-deny", "ufw6-logging-allow")
SERVERS = ("httpd", "lighttpd", "nginx", "apache2", "node", "caddy")


class Exec:
    """A program that was started, as such rules see it."""

    def __init__(self, line):
        process = line.get("process", {})
        self.args = process.get("args", [])
        self.command = process.get("command_line", "")
        self.images = [path for path in (line.get("wallwatch.process.invoked"), process.get("executable")) if path]
        self.names = {os.path.basename(path) for path in self.images}
        parent = process.get("parent", {})
        self.parent_args, self.parent_command = parent.get("args", []), parent.get("command_line", "")
        self.parent_name = os.path.basename(parent.get("executable", ""))

    def ends(self, *tails):
        return any(image.endswith(tails) for image in self.images)

    def says(self, *words):
        return all(word in self.command for word in words)

    def arg(self, position):
        return self.args[position] if position < len(self.args) else ""


def disable_ufw(e):
    return (e.ends("/ufw-init") and any(e.says(word) for word in (" force-stop", " stop", " flush"))) or e.says("ufw ", "disable")


def flush_ufw(e):
    tools = ("/iptables", "/xtables-legacy-multi", "/iptables-legacy-multi", "/ip6tables", "/ip6tables-legacy-multi")
    return e.ends(*tools) and any(e.says(word) for word in ("-F", "-Z", "-X")) and any(e.says(word) for word in LINE)


def tools_disabled(e):
    old = e.ends("/service", "/chkconfig") and (e.says("iptables", "stop") or e.says("ip6tables", "stop"))
    return old or e.ends("/systemctl") and (e.says("firewalld", "stop") or e.says("firewalld", "disable"))


def auditd_modify(e):
    name, first = e.arg(0), e.arg(1)
    return (name == "iptables" and "DROP" in first or name == "firewall-cmd" and "remove" in first or name == "ufw" and "delete" in first
            or name == "nft" and ("delete" in first or "flush" in first))


def bpfdoor(e):
    return e.arg(0).endswith("iptables") and e.arg(1) == "-t" and e.arg(2) == "nat" and (e.says("--to-ports 42") or e.says("--to-ports 43"))


def webshell(e):
    parent = e.parent_name in SERVERS or "/bin/java" in e.parent_command and ("tomcat" in e.parent_command or "websphere" in e.parent_command)
    return parent and e.ends("/iptables")


def interactive_bash(e):
    return e.parent_command == "bash -i" and e.ends("iptables")


def elastic_disable(e):
    firewall = "ufw" in e.names and "disable" in e.args
    firewall = firewall or "iptables" in e.names and len(e.args) == 2 and bool({"-F", "--flush", "-X", "--delete-chain"} & set(e.args))
    firewall = firewall or bool({"iptables", "ip6tables"} & e.names) and "force-stop" in e.parent_args
    service = ("service" in e.names and "stop" in e.args or "chkconfig" in e.names and "off" in e.args
               or "update-rc.d" in e.names and bool({"remove", "disable"} & set(e.args))
               or "systemctl" in e.names and bool({"disable", "stop", "kill", "mask"} & set(e.args)))
    units = {"firewalld", "ip6tables", "iptables", "firewalld.service", "ip6tables.service", "iptables.service"}
    return firewall or service and bool(units & set(e.args))


def elastic_module(e):
    removed = "rmmod" in e.names or "modprobe" in e.names and bool({"-r", "--remove"} & set(e.args))
    return removed and e.parent_name in ("sudo", "bash", "dash", "ash", "sh", "tcsh", "csh", "zsh", "ksh", "fish")


def elastic_bpf(e):
    words = set(e.args)
    return "bpftool" in e.names and ({"prog", "detach"} <= words or "map" in words and bool({"delete", "update"} & words) or {"link", "detach"} <= words)


RULES = {
    SIGMA + "process_creation/proc_creation_lnx_disable_ufw.yml": disable_ufw,
    SIGMA + "process_creation/proc_creation_lnx_iptables_flush_ufw.yml": flush_ufw,
    SIGMA + "process_creation/proc_creation_lnx_security_tools_disabling.yml": tools_disabled,
    SIGMA + "process_creation/proc_creation_lnx_webshell_detection.yml": webshell,
    SIGMA + "process_creation/proc_creation_lnx_susp_interactive_bash.yml": interactive_bash,
    SIGMA + "auditd/execve/lnx_auditd_modify_system_firewall.yml": auditd_modify,
    SIGMA + "auditd/execve/lnx_auditd_bpfdoor_port_redirect.yml": bpfdoor,
    ELASTIC + "defense_evasion_attempt_to_disable_iptables_or_firewall.toml": elastic_disable,
    ELASTIC + "defense_evasion_kernel_module_removal.toml": elastic_module,
    ELASTIC + "defense_evasion_bpf_program_tampering.toml": elastic_bpf,
}
# Sigma's rule on auditd's record of a stopped service; wallwatch's own line of it stands in for the record.
SERVICE = SIGMA + "auditd/service_stop/lnx_auditd_disable_system_firewall.yml"


def found(lines, namespaces):
    """Which of them fit what was started in these network namespaces."""
    hits = set()
    for line in lines:
        if line.action == "exec" and "wwfence" not in line.get("process.command_line", "") and line.get("wallwatch.process.namespaces.net") in namespaces:
            started = Exec(line)
            hits |= {name for name, rule in RULES.items() if rule(started)}
        elif line.action == "firewall-service-stopped" and line.get("wallwatch.service.netns.id") in namespaces and line.get("wallwatch.service.name") in ("firewalld", "iptables", "ufw"):
            hits.add(SERVICE)
    return sorted(hits)
