"""ClickHouse, embedded (chdb), with the tables of contrib/clickhouse."""
import json
import os
import re

from chdb import session

from .lines import CONTRIB

FOLDER = os.path.join(CONTRIB, "clickhouse")


def text(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return file.read()


def statements(sql):
    """Parted at semicolons; no text in quotes of ours has one."""
    sql = re.sub(r"^\s*--.*$", "", sql, flags=re.MULTILINE)
    return [part.strip() for part in sql.split(";") if part.strip()]


class Database:
    """One at a time: chdb has one per process. Another is emptied first."""
    connection = None

    def __init__(self):
        if Database.connection is None:
            Database.connection = session.Session()
        self.run("DROP DATABASE IF EXISTS wallwatch")
        for statement in statements(text("tables.sql")):
            self.run(statement)

    def run(self, sql, form="JSON"):
        return Database.connection.query(sql, form)

    def rows(self, sql):
        return json.loads(self.run(sql).bytes().decode())["data"]

    def insert(self, texts, into="wallwatch.lines", block=4000):
        """As clickhouse-client would with FORMAT LineAsString."""
        for at in range(0, len(texts), block):
            # The data follow the statement; a backslash in them is not SQL's.
            self.run(f"INSERT INTO {into} FORMAT LineAsString\n" + "\n".join(texts[at:at + block]))

    def query(self, name, **parameters):
        """A query of contrib/clickhouse/queries, by its file's name."""
        for key, value in parameters.items():
            self.run(f"SET param_{key} = '{value}'")
        return self.rows(text(os.path.join("queries", name + ".sql")))
