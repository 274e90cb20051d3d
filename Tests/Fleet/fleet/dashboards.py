"""The Grafana dashboards: their queries, and what is wrong with their form."""
import json
import os
import re

from .lines import CONTRIB

FOLDER = os.path.join(CONTRIB, "grafana")
WIDTH = 24


def dashboard(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return json.load(file)


def variables(board):
    return {variable["name"]: variable for variable in board["templating"]["list"]}


def faults(board):
    """What Grafana would not show as meant: ids twice, panels on top of each other or beyond the edge, sources that are no variable."""
    ids, cells = set(), {}
    for key in ("title", "uid", "schemaVersion", "time", "refresh"):
        if not board.get(key):
            yield f"without {key}"
    for panel in board["panels"]:
        title, place = panel["title"], panel["gridPos"]
        if panel["id"] in ids:
            yield f"{title}: the id {panel['id']} twice"
        ids.add(panel["id"])
        if place["x"] + place["w"] > WIDTH:
            yield f"{title}: beyond the right edge"
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                if (x, y) in cells:
                    yield f"{title}: on top of {cells[x, y]}"
                cells[x, y] = title
        if panel["type"] not in ("stat", "timeseries", "table"):
            yield f"{title}: type {panel['type']}"
        if not panel["targets"]:
            yield f"{title}: no query"
        for target in panel["targets"]:
            for source in (panel["datasource"], target["datasource"]):
                name = re.fullmatch(r"\$\{(\w+)\}", source["uid"])
                if not name or variables(board).get(name[1], {}).get("type") != "datasource":
                    yield f"{title}: its data source is no variable"
            used = set(re.findall(r"\$\{?(\w+)", target.get("expr", target.get("rawSql", "")))) - {"__rate_interval", "__timeFilter", "__timeInterval", "__interval"}
            if unknown := used - set(variables(board)):
                yield f"{title}: unknown variables {sorted(unknown)}"
