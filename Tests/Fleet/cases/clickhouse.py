"""ClickHouse: tables take what is sent, and each query finds exactly what was planted in the fleet."""
import os

from harness.outcome import case, check, equal

from fleet import database, lines, plan, store

NOW = plan.NOW[:10] + " " + plan.NOW[11:-1]


@case("lines that were sent are stored as they were, what is cut or foreign is kept apart", seconds=60)
def stored():
    full, fleet = store.full(), store.fleet()
    alone = len(fleet.lines) - sum(count for _, count in missing(fleet))
    equal(full.rows("SELECT toUInt32(uniqExact(event_id)) AS n FROM wallwatch.events")[0]["n"], alone, "lines stored")
    check(len(fleet.sent) > alone + 100, "no line was sent twice")
    equal(sorted(row["raw"] for row in full.rows("SELECT raw FROM wallwatch.rejected")), sorted(fleet.foreign), "lines rejected")
    wanted = {line["event"]["id"]: line for line in fleet.lines}
    for row in full.rows("SELECT raw, event_id, toString(ts) AS ts, sequence, effective_after FROM wallwatch.events WHERE cityHash64(event_id) % 7 = 0"):
        line = wanted[row["event_id"]]
        equal(row["raw"], lines.spelled(line), "the line itself")
        equal(row["ts"], line["@timestamp"].replace("T", " ")[:-1], "its time")
        equal(int(row["sequence"]), line["event"]["sequence"], "its number")
    full.run("OPTIMIZE TABLE wallwatch.events FINAL")
    equal(full.rows("SELECT toUInt32(count()) AS n FROM wallwatch.events")[0]["n"], alone, "lines after a merge: each once")


def missing(fleet):
    return [(name, last - first + 1) for name, first, last in fleet.facts["gaps"]] + [("the last", 1)]


@case("drop-burst: the seven hosts that were emptied within minutes, and not four, nor six over hours")
def burst():
    fleet = store.fleet()
    rows = store.full().query("drop-burst", now=NOW, hosts=5, seconds=600)
    equal([row["which"] for row in rows], fleet.facts["bursts"], "bursts")
    equal(rows[0]["rules"], ["WW002"], "its rules")
    # Broader, the others are found too: so it is the numbers that keep them out.
    equal(len(store.full().query("drop-burst", now=NOW, hosts=4, seconds=600)), 2, "bursts of four hosts")
    equal(len(store.full().query("drop-burst", now=NOW, hosts=5, seconds=7200)), 2, "bursts within two hours")


@case("same-actor: the SSH peer and the script that weakened several hosts, and not the tools that all use")
def actors():
    rows = store.full().query("same-actor", now=NOW, hosts=5, hours=24)
    equal(sorted((row["kind"], row["value"], row["which"]) for row in rows if row["kind"] != "program"), sorted(store.fleet().facts["actors"]), "actors")
    # python3.11 is a program by which that script was run, where its hash was read.
    equal({row["name"] for row in rows if row["kind"] == "program"} - {"/usr/bin/python3.11"}, set(), "programs")


@case("silent-hosts: those that fell silent, and beside them the one that was stopped in order")
def silent():
    rows = store.full().query("silent-hosts", now=NOW, **store.fleet().facts["beats"])
    equal({state: sorted(row["name"] for row in rows if row["state"] == state) for state in ("silent", "stopped")}, store.fleet().facts["silent"], "hosts")


@case("sequence-gaps: each missing line, and none that came twice, late, under way yet, or of a new installation")
def gaps():
    facts = store.fleet().facts
    rows = store.full().query("sequence-gaps", now=NOW, settle=facts["settle"], days=20)
    equal(sorted((row["host"], int(row["first_missing"]), int(row["last_missing"])) for row in rows), sorted(facts["gaps"]), "gaps")
    rows = store.full().query("sequence-gaps", now=NOW, settle=0, days=20)
    equal(len(rows), len(facts["gaps"]) + 1, "gaps, when nothing may be under way")


@case("first-seen-actor: programs and changed files that are new on a host, of hosts that have habits")
def first_seen():
    rows = store.full().query("first-seen-actor", now=NOW, hours=24, days=7)
    equal(sorted((row["kind"], row["host"], row["executable"]) for row in rows), store.fleet().facts["first seen"], "actors")
    of = {(row["host"], row["executable"]): int(row["other_hosts"]) for row in rows}
    equal((of["web-21", "/usr/sbin/xtables-nft-multi"], of["web-18", "/usr/sbin/xtables-nft-multi"]), (0, 1), "on how many others it was seen before")


@case("low-water: how low each host sank, of those that sank below half")
def low_water():
    rows = store.full().query("low-water", now=NOW, days=7, percent=50)
    equal({row["name"]: int(row["low"]) for row in rows}, store.fleet().facts["low water"], "hosts")


@case("open-incidents: each incident that was opened and is not resolved, once")
def incidents():
    fleet = store.fleet()
    states = {}
    for line in sorted(fleet.lines, key=lambda line: (line["@timestamp"], line["event"]["sequence"])):
        if lines.action(line) == "firewall-alert":
            states[line["host"]["hostname"], lines.get(line, "wallwatch.alert.id")] = lines.get(line, "wallwatch.alert.state")
    wanted = sorted(key for key, state in states.items() if state != "resolved")
    rows = store.full().query("open-incidents", now=NOW, days=30)
    equal(sorted((row["name"], row["alert_id"]) for row in rows), wanted, "incidents")
    check(len(wanted) > 20, "too few")


@case("the hours' table says the same as the lines: how many there were, and the least that protected")
def hours():
    full = store.full()
    wanted = full.rows("SELECT host_id, toUInt32(uniqExact(event_id)) AS n, min(if(is_host_netns, effective_min, NULL)) AS low, toString(max(ts)) AS last FROM wallwatch.events GROUP BY host_id ORDER BY host_id")
    equal(full.rows("SELECT host_id, toUInt32(uniqExactMerge(lines)) AS n, min(effective_min) AS low, toString(max(last_ts)) AS last FROM wallwatch.hours GROUP BY host_id ORDER BY host_id"), wanted, "hours")
    check(len(wanted) == 40, f"{len(wanted)} hosts")


# What each query says besides its frame, taken away or turned round: then it has to find something else.
BROKEN = [
    ("drop-burst", "AND alert_state = 'open'", "AND alert_state = 'resolved'"), ("drop-burst", "'WW002', ", ""), ("drop-burst", "most >= {hosts:UInt32}", "1"),
    ("drop-burst", "CURRENT ROW AND {seconds:UInt32} FOLLOWING", "CURRENT ROW AND 0 FOLLOWING"), ("drop-burst", "AND is_host_netns", "AND NOT is_host_netns"),
    ("same-actor", "AND NOT (kind = 'program' AND value IN (SELECT sha256 FROM tools))", ""), ("same-actor", "HAVING hosts >= {hosts:UInt32}", ""), ("same-actor", "value != '' AND", ""),
    ("same-actor", "AND ts > since", ""), ("silent-hosts", "HAVING silent_seconds > {seconds:UInt32}", ""), ("silent-hosts", "last_action = 'collector-stopped'", "last_action = 'collector-started'"),
    ("sequence-gaps", "host_id, agent_id ORDER BY", "host_id ORDER BY"), ("sequence-gaps", "AND ts < {now:DateTime64(9, 'UTC')} - toIntervalSecond({settle:UInt32})", ""),
    ("first-seen-actor", "AND new.host_id IN (SELECT host_id FROM known)", ""), ("first-seen-actor", "AND (new.kind = 'new' OR new.nth > 1)", ""), ("first-seen-actor", "WHERE new.first > since AND", "WHERE"), ("first-seen-actor", "old.host_id != new.host_id AND old.first < new.first", "1"),
    ("low-water", "HAVING low * 100 < high * {percent:UInt32}", ""), ("low-water", "min(effective_min)", "min(effective_before)"), ("low-water", "is_host_netns AND", "NOT is_host_netns AND"),
    ("open-incidents", "HAVING state != 'resolved'", "HAVING state = 'resolved'"), ("open-incidents", "GROUP BY host_id, alert_id", "GROUP BY host_id, alert_id, event_id"),
]
PARAMETERS = {"drop-burst": {"hosts": 5, "seconds": 600}, "same-actor": {"hosts": 5, "hours": 24}, "silent-hosts": {"seconds": 900}, "sequence-gaps": {"settle": 304, "days": 20},
              "first-seen-actor": {"hours": 24, "days": 7}, "low-water": {"days": 7, "percent": 50}, "open-incidents": {"days": 30}}


@case("each condition of a query matters: without it something else is found", seconds=60)
def matters():
    full = store.full()
    for name, old, new in BROKEN:
        query = database.text(f"queries/{name}.sql")
        check(old in query, f"{name} has no {old}")
        for key, value in {"now": NOW, **PARAMETERS[name]}.items():
            full.run(f"SET param_{key} = '{value}'")
        try:
            found = full.rows(query.replace(old, new))
        except RuntimeError as error:
            raise AssertionError(f"{name} with {new!r} is no query: {error}") from None
        check(found != full.rows(query), f"{name}: {old!r} makes no difference")


@case("each query of contrib/clickhouse has a test, and Kafka's table is one that ClickHouse parses")
def complete():
    names = {name[:-4] for name in os.listdir(os.path.join(database.FOLDER, "queries"))}
    with open(__file__, encoding="utf-8") as file:
        text = file.read()
    equal({name for name in names if f'query("{name}"' not in text}, set(), "queries without a test")
    table, view = database.statements(database.text("kafka.sql"))
    check("Kafka" in str(store.full().run(f"EXPLAIN AST {table}", "TSV")), "kafka.sql")
    # Its engine needs a broker. What stands behind it is run with another engine in its place.
    fresh = table.split("ENGINE")[0].replace("wallwatch.kafka", "wallwatch.instead_of_kafka") + "ENGINE = Null"
    store.full().run(fresh)
    store.full().run(view.replace("kafka_to_lines", "instead_to_lines").replace("FROM wallwatch.kafka", "FROM wallwatch.instead_of_kafka"))
    line = store.fleet().sent[0].replace('"hostname":"web-', '"hostname":"kafka-')
    store.full().insert([line], "wallwatch.instead_of_kafka")
    equal(store.full().rows("SELECT toUInt32(count()) AS n FROM wallwatch.events WHERE host LIKE 'kafka-%'")[0]["n"], 1, "lines that came by that way")
    store.full().run("ALTER TABLE wallwatch.events DELETE WHERE host LIKE 'kafka-%' SETTINGS mutations_sync = 1")
