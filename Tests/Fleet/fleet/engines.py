"""SQLite and EQL over lines: what a query finds, as event ids."""
from datetime import datetime
import json
import re
import sqlite3

import eql
from eql import build, parser

from . import elastic
from .lines import flat


def plain(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value) if isinstance(value, list) else value


class Table:
    """Lines in a table `logs` with a column for each field that the schema has, as pysigma's SQLite backend expects it."""

    def __init__(self, lines):
        columns = sorted({path for path, _, _ in elastic.leaves(elastic.schema())} | {path for line in lines for path, _ in flat(line)})
        self.connection = sqlite3.connect(":memory:")
        self.connection.create_function("REGEXP", 2, lambda pattern, text: text is not None and re.search(pattern, str(text)) is not None)
        # pysigma's correlations count by a column `timestamp`.
        names = ", ".join(f"`{column}` COLLATE NOCASE" for column in columns)
        self.connection.execute(f"CREATE TABLE logs (`timestamp`, {names})")
        for line in lines:
            row = {path: plain(value) for path, value in flat(line)}
            row["timestamp"] = line["@timestamp"][:26] + "Z"
            fields = ", ".join(f"`{field}`" for field in row)
            self.connection.execute(f"INSERT INTO logs ({fields}) VALUES ({', '.join('?' * len(row))})", list(row.values()))

    def rows(self, query):
        cursor = self.connection.execute(query)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor]

    def hits(self, query):
        return sorted((row["host.id"], row["event.id"]) for row in self.rows(query))


def moment(line):
    """In units of 100 ns since 1601, as the EQL engine counts."""
    text = line["@timestamp"]
    whole = datetime.fromisoformat(text[:19] + "+00:00").timestamp()
    return int((whole + 11644473600) * 10_000_000) + int(text[20:29]) // 100


def parsed(query):
    with parser.elasticsearch_syntax, parser.allow_runs:
        return parser.parse_query(query, implied_any=True)


def eql_hits(query, lines):
    """Which lines an EQL query finds: of each hit the (host, event id) of its lines; of a sequence several."""
    ordered = sorted(lines, key=lambda line: (line["@timestamp"], line["event"]["sequence"]))
    events = [eql.Event(line["event"]["category"][0], moment(line), line) for line in ordered]
    results = build.get_engine(parsed(query))(events)
    return sorted(tuple((event.data["host"]["id"], event.data["event"]["id"]) for event in result.events) for result in results)
