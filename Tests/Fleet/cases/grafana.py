"""Dashboards: their form, and each panel's query run where an engine runs. Grafana itself cannot be had here."""
import re

from harness.outcome import case, check, equal
import yaml

from fleet import dashboards, prometheus, store

NAMES = ("wallwatch-prometheus.json", "wallwatch-clickhouse.json")


@case("dashboards have the form that Grafana imports")
def form():
    for name in NAMES:
        board = dashboards.dashboard(name)
        equal(list(dashboards.faults(board)), [], name)
        check(len(board["panels"]) >= 8, f"{name} has few panels")
    board = dashboards.dashboard(NAMES[0])
    board["panels"][1]["gridPos"]["x"] = 0
    check(any("on top of" in fault for fault in dashboards.faults(board)), "the check itself finds nothing")


def spelled(expression):
    return expression.replace('$__rate_interval', "5m").replace('"$instance"', '".*"')


@case("each panel on Prometheus asks for what is written, and shows something", seconds=60)
def on_prometheus():
    facts, board = prometheus.facts(), dashboards.dashboard(NAMES[0])
    tests, series = [], []
    for name, labels in {**facts["metrics"], **facts["node_exporter"]}.items():
        given = {"action": ["firewall-changed", "firewall-change-failed", "collector-tampered"], "kind": ["firewall"],
                 "netns": ["4026531840"], "host": ["true"], "rule": ["WW002"], "family": ["netlink"], "tier": ["none"], "job": ["node"], "file": ["wallwatch.prom"], "version": ["0.1.0"]}
        lots = [[]]
        for label in labels:
            lots = [lot + [f'{label}="{value}"'] for lot in lots for value in given[label]]
        series += [{"series": f"{name}{{{', '.join(['instance=' + chr(34) + 'a' + chr(34), *lot])}}}", "values": "1+1x60" if name.endswith("_total") else "1x60"} for lot in lots]
    for panel in board["panels"]:
        for target in panel["targets"]:
            equal(list(prometheus.unknown(spelled(target["expr"]), facts["metrics"], {})), [], panel["title"])
            tests.append((panel["title"], spelled(target["expr"])))
    # A rule per panel: one that gives nothing raises nothing.
    rules = {"groups": [{"name": "panels", "rules": [{"record": f"panel:{number}", "expr": expression} for number, (_, expression) in enumerate(tests)]}]}
    checks = {"rule_files": ["alerts.yml"], "evaluation_interval": "1m", "tests": [{"interval": "1m", "input_series": series, "promql_expr_test": [
        {"expr": f"count(panel:{number}) > bool 0", "eval_time": "30m", "exp_samples": [{"labels": "{}", "value": 1}]} for number in range(len(tests))]}]}
    held, said = prometheus.tested(yaml.safe_dump(rules), yaml.safe_dump(checks))
    empty = [tests[int(number)][0] for number in re.findall(r"count\(panel:(\d+)\)", said)]
    check(held, f"panels that show nothing: {empty}", [said])


@case("each panel on ClickHouse runs over the fleet, and shows something", seconds=60)
def on_clickhouse():
    board, full = dashboards.dashboard(NAMES[1]), store.full()
    begin, end = store.span()
    for panel in board["panels"]:
        for target in panel["targets"]:
            sql = target["rawSql"].replace("$__timeFilter(ts)", f"(ts >= '{begin}' AND ts <= '{end}')").replace("$__timeInterval(ts)", "toStartOfInterval(ts, INTERVAL 600 second)")
            sql = re.sub(r"\$\{host:singlequote\}", ", ".join(f"'{name}'" for name in store.hosts()), sql)
            check("$" not in sql, f"{panel['title']}: a macro is left: {sql}")
            rows = full.rows(sql)
            check(rows, f"{panel['title']} shows nothing")
            if target["queryType"] == "timeseries":
                check("time" in rows[0], f"{panel['title']} has no time")
