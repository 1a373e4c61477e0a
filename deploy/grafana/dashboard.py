"""A dashboard as data, and the JSON that Grafana (11 and later) reads."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal

Unit = Literal["short", "s", "reqps", "bytes", "percentunit"]
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
_COLUMNS = 24
_HEIGHT = 7


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart. `queries` maps what its lines are called to PromQL; `good` colours 1 green and 0 red."""

    title: str
    description: str
    queries: dict[str, str]
    unit: Unit = "short"
    kind: Literal["timeseries", "stat"] = "timeseries"
    good: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Panels under one heading, four beside each other."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True, slots=True)
class Dashboard:
    """`uid` is in the dashboard's address and does not change."""

    uid: str
    title: str
    description: str
    rows: Sequence[Row]


def dump(dashboard: Dashboard) -> str:
    """The file's content."""
    return json.dumps(as_json(dashboard), indent=1, ensure_ascii=False) + "\n"


def as_json(dashboard: Dashboard) -> dict[str, Any]:
    """The dashboard in Grafana's model."""
    return {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "description": dashboard.description,
        "tags": ["langnghe"],
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "graphTooltip": 1,
        "refresh": "10s",
        "time": {"from": "now-30m", "to": "now"},
        "timezone": "browser",
        "annotations": {"list": []},
        "templating": {"list": [_datasource_variable()]},
        "panels": list(_panels(dashboard.rows)),
    }


def _datasource_variable() -> dict[str, Any]:
    return {
        "name": "datasource",
        "label": "Prometheus",
        "type": "datasource",
        "query": "prometheus",
        "current": {"text": "Prometheus", "value": "langnghe-prometheus"},
        "hide": 0,
        "refresh": 1,
    }


def _panels(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    ids = count(1)
    y = 0
    for row in rows:
        place = {"h": 1, "w": _COLUMNS, "x": 0, "y": y}
        yield {
            "id": next(ids),
            "type": "row",
            "title": row.title,
            "gridPos": place,
            "collapsed": False,
            "panels": [],
        }
        y += 1
        for line in _lines(row.panels):
            width = _COLUMNS // len(line)
            for index, panel in enumerate(line):
                place = {"h": _HEIGHT, "w": width, "x": index * width, "y": y}
                yield {"id": next(ids), "gridPos": place, **_panel(panel)}
            y += _HEIGHT


def _lines(panels: Sequence[Panel]) -> Iterator[Sequence[Panel]]:
    """Four in a line at most, and lines as even as can be."""
    lines = -(-len(panels) // 4)
    for n in range(lines):
        yield panels[len(panels) * n // lines : len(panels) * (n + 1) // lines]


def _panel(panel: Panel) -> dict[str, Any]:
    return {
        "type": panel.kind,
        "title": panel.title,
        "description": panel.description,
        "datasource": DATASOURCE,
        "targets": [
            {
                "refId": chr(ord("A") + index),
                "datasource": DATASOURCE,
                "expr": query,
                "legendFormat": legend,
                "editorMode": "code",
                "range": True,
            }
            for index, (legend, query) in enumerate(panel.queries.items())
        ],
        "fieldConfig": {"defaults": _defaults(panel), "overrides": []},
        "options": _STAT if panel.kind == "stat" else _SERIES,
    }


def _defaults(panel: Panel) -> dict[str, Any]:
    shown: dict[str, Any] = {"unit": panel.unit, "min": 0}
    if panel.good:
        steps = [{"color": "red", "value": None}, {"color": "green", "value": 1}]
        names = {"0": {"text": "no", "index": 0}, "1": {"text": "ready", "index": 1}}
        shown["thresholds"] = {"mode": "absolute", "steps": steps}
        shown["mappings"] = [{"type": "value", "options": names}]
    elif panel.kind == "timeseries":
        shown["custom"] = {"fillOpacity": 8, "lineWidth": 1, "showPoints": "never"}
    return shown


_SERIES = {
    "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
    "tooltip": {"mode": "multi", "sort": "desc"},
}
_STAT = {
    "colorMode": "background",
    "graphMode": "none",
    "textMode": "value_and_name",
    "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
}
