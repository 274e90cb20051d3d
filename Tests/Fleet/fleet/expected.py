"""What the Sigma rules are to find, said once more in Python, and for each rule a line beside: one field differs, and it is not found."""
from .lines import action, get

SERVERS = ("apache2", "nginx", "httpd", "php", "java", "node", "mysqld", "postgres")
SHELLS = ("sh", "dash", "bash", "busybox", "nft", "xtables-nft-multi", "xtables-legacy-multi", "ipset")


def on(*actions):
    return lambda line: action(line) in actions


def has(path, *values):
    return lambda line: get(line, path) in values


def below(path, most):
    return lambda line: isinstance(get(line, path), int) and get(line, path) < most


def above(path, least):
    return lambda line: isinstance(get(line, path), int) and get(line, path) > least


def lacks(path):
    return lambda line: get(line, path) is None


def both(*conditions):
    return lambda line: all(condition(line) for condition in conditions)


def any_of(*conditions):
    return lambda line: any(condition(line) for condition in conditions)


def begins(path, words):
    return lambda line: str(get(line, path, "")).startswith(words)


CHANGE, LOST, TIER = "wallwatch.change.", "wallwatch.collector.lost.", "wallwatch.collector.tier."
RULES = {
    "wallwatch_alert": both(on("firewall-alert"), has("wallwatch.alert.state", "open"), above("event.severity", 72)),
    "wallwatch_firewall_emptied": both(on("firewall-changed"), has(CHANGE + "netns.is_host", True), has(CHANGE + "effective_rules.after", 0),
                                       above(CHANGE + "effective_rules.before", 0), lacks("wallwatch.covered_by.kind")),
    "wallwatch_policy_opened": both(on("firewall-alert"), has("wallwatch.alert.state", "open"), has("rule.id", "WW003", "WW004", "WW006")),
    "wallwatch_service_killed": both(on("firewall-service-stopped"), lacks("wallwatch.service.shutting_down")),
    "wallwatch_config_weakened": both(on("firewall-config-changed"), any_of(has("wallwatch.config_file.operation", "removed", "moved"), has("wallwatch.config_file.attributed", False))),
    "wallwatch_tampered": on("collector-tampered"),
    "wallwatch_coverage_lost": both(on("collector-started", "collector-coverage-changed"), any_of(has(TIER + "netlink", "none"), has(TIER + "xtables", "none"))),
    "wallwatch_events_lost": both(on("collector-events-lost"), any_of(above(LOST + "firewall", 0), above(LOST + "firewall_lines", 0), above(LOST + "alert_lines", 0))),
    "wallwatch_unattributed": both(on("firewall-changed", "model-drift"), has(CHANGE + "netns.is_host", True), has(CHANGE + "attributed", False), below(CHANGE + "effective_rules.delta", 0)),
    "wallwatch_forged_executable": both(on("firewall-changed"), any_of(has("wallwatch.process.exe_memfd", True), has("wallwatch.process.exe_deleted", True), has("wallwatch.process.exe_path_trust", "untrusted"))),
    "wallwatch_below_web_server": both(on("exec"), begins("process.parent.name", SERVERS), has("process.name", *SHELLS)),
    "wallwatch_ssh_weakened": both(on("firewall-changed"), has("process.entry_leader.entry_meta.type", "sshd"), below(CHANGE + "effective_rules.delta", 0)),
    "wallwatch_sysctl_weaker": both(on("firewall-sysctl-changed"), has("wallwatch.sysctl.weaker", True)),
    "wallwatch_module_unloaded": on("firewall-module-unloaded"),
    "wallwatch_change_failed": both(on("firewall-change-failed"), has(CHANGE + "errno", 1)),
}

# (path, value): None takes the field away.
MUTATIONS = {
    "wallwatch_alert": [("event.severity", 47), ("wallwatch.alert.state", "update"), ("event.action", "firewall-changed"), ("event.module", "other")],
    "wallwatch_firewall_emptied": [(CHANGE + "netns.is_host", False), (CHANGE + "effective_rules.after", 1), (CHANGE + "effective_rules.before", 0), ("wallwatch.covered_by.kind", "known_writer")],
    "wallwatch_policy_opened": [("rule.id", "WW002"), ("wallwatch.alert.state", "resolved")],
    "wallwatch_service_killed": [("wallwatch.service.shutting_down", True), ("event.action", "firewall-service-started")],
    "wallwatch_config_weakened": [("event.action", "firewall-changed"), ("wallwatch.config_file.operation", "written")],
    "wallwatch_tampered": [("event.action", "collector-stopped")],
    "wallwatch_coverage_lost": [(TIER + "netlink", "restricted"), ("event.action", "collector-health")],
    "wallwatch_events_lost": [(LOST + "firewall", 0), ("event.action", "collector-health")],
    "wallwatch_unattributed": [(CHANGE + "attributed", True), (CHANGE + "effective_rules.delta", 0), (CHANGE + "netns.is_host", False)],
    "wallwatch_forged_executable": [("event.action", "firewall-change-failed")],
    "wallwatch_below_web_server": [("event.action", "end"), ("process.parent.name", "cron"), ("process.name", "sleep")],
    "wallwatch_ssh_weakened": [("process.entry_leader.entry_meta.type", "console"), (CHANGE + "effective_rules.delta", 0)],
    "wallwatch_sysctl_weaker": [("wallwatch.sysctl.weaker", False)],
    "wallwatch_module_unloaded": [("event.action", "firewall-module-loaded")],
    "wallwatch_change_failed": [(CHANGE + "errno", 17), ("event.action", "firewall-changed")],
}
