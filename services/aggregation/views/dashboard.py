"""The dashboard of a unit: key figures, breakdowns, map, units below, warnings."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from services.aggregation.domain.situation import FINAL_STATES
from services.aggregation.domain.suppression import is_small
from services.aggregation.domain.surge import Detector
from services.aggregation.reader import Reader
from services.aggregation.store import situations
from services.aggregation.use_cases import list_warnings, pilot, totals
from services.aggregation.use_cases.on_map import Asked
from services.aggregation.use_cases.totals import Answer, GroupBy, Question
from shared.units import Unit, full_name
from shared.web.catalogue import Catalogue
from shared.web.charts import Bar, Series, bar_chart, columns
from shared.web.choropleth import BaseMap, base_map, choropleth
from shared.web.filters import day_month_vi

BOUNDARIES = Path(__file__).parents[1] / "data" / "boundaries" / "communes-24.geojson"
MOST_COLUMNS = 62


@cache
def commune_map() -> BaseMap:
    """The outlines of the 99 communes, projected once."""
    return base_map(json.loads(BOUNDARIES.read_text(encoding="utf-8")))


class Dashboard:
    """Builds the context of `dashboard.html`."""

    def __init__(self, reader: Reader, texts: Catalogue) -> None:
        self._reader = reader
        self._texts = texts

    async def of(self, unit: Unit, first: date, last: date, as_of: str) -> dict[str, Any]:
        """Everything about a unit in [first, last]."""

        reader, on = self._reader, self._reader.map_day(as_of)

        async def ask(by: GroupBy, on: date | None = on) -> Answer:
            question = Question(unit, first, last, by, on)
            return await totals.ask(reader.database, reader.units, question, limit=reader.settings.small_cell)

        link = _Links(urlencode({"from": first, "to": last, "as_of": as_of}))
        whole = unit.level == "province"
        by_day = await ask("day")
        purposes = (await ask("purpose")).cells
        below = await ask("unit")
        return {
            "unit": unit,
            "name": full_name(unit),
            "above": [(u, full_name(u)) for u in reversed(self._above(unit))],
            "first": first,
            "last": last,
            "as_of": as_of,
            "map_day": on,
            "link": link,
            "small": reader.settings.small_cell,
            "total": by_day.total,
            "split": by_day.split,
            "whole": whole,
            "purposes": purposes,
            "states": self._bars(await ask("state"), "state", "Theo tình trạng"),
            "categories": self._bars(await ask("category"), "category", "Theo lĩnh vực"),
            "channels": self._bars(await ask("channel"), "channel", "Theo kênh tiếp nhận"),
            "organisations": self._bars(await ask("organisation"), "organisation", "Qua tổ chức"),
            "days": columns(*_series(by_day.cells, first, last), title="Ý kiến theo ngày phản ánh"),
            "below": self._below(below, unit, on or last),
            "has_below": unit.level != "hamlet",
            "pilot": await pilot.ask(reader.database, reader.units, unit.id, first, last) if whole else None,
            "map": self._map(await ask("unit", reader.today()), link) if whole else None,
            "overdue": await self._overdue(unit, first, last, on, purposes.get("request", 0)),
            **await self._warnings(unit, first, last, on),
        }

    async def _overdue(
        self, unit: Unit, first: date, last: date, on: date | None, requests: int | None
    ) -> int | None:
        """None where the requests are few: as the situation report tells it."""
        whole = unit.level == "province"
        if requests is None or (not whole and is_small(requests, self._reader.settings.small_cell)):
            return None
        async with self._reader.database.connection() as tx:
            scope = await Asked(tx, self._reader.units, unit.id, on, restricted=whole).scope(first, last)
            return await situations.overdue(tx, scope, self._reader.now(), FINAL_STATES)

    async def _warnings(self, unit: Unit, first: date, last: date, on: date | None) -> dict[str, Any]:
        reader = self._reader
        raised = await list_warnings.ask(reader.database, reader.units, unit, first, last, on=on)
        named = [{"row": w, "unit": self._reader.name(w.unit, w.window_start)} for w in raised]
        standing = sum(1 for w in raised if w.cleared_at is None)
        return {"warnings": named, "standing": standing, "detector": Detector()}

    def _above(self, unit: Unit) -> tuple[Unit, ...]:
        day = min(self._reader.today(), unit.valid_to or date.max)
        return self._reader.units.ancestors(unit.id, max(day, unit.valid_from))

    def _bars(self, answer: Answer, kind: str, title: str) -> dict[str, Any]:
        """The chart of what may be told, and the names of what may not."""
        known = sorted(((n, key) for key, n in answer.cells.items() if n), reverse=True)
        hidden = [key for key, n in answer.cells.items() if n is None]
        return {
            "chart": bar_chart([Bar(self._label(kind, key), n) for n, key in known], title=title),
            "hidden": sorted(self._label(kind, key) for key in hidden),
        }

    def _label(self, kind: str, key: str) -> str:
        """An empty organisation is a resident who came alone."""
        return self._texts.label(kind, key) if key else "Người dân gửi trực tiếp"

    def _below(self, answer: Answer, unit: Unit, day: date) -> list[dict[str, Any]]:
        """Units below with their counts: those that sent nothing too, and last what none of them has."""
        cells: dict[str, int | None] = {u.id: 0 for u in self._reader.units.children(unit.id, day)}
        cells.update(answer.cells)
        own = cells.pop(unit.id, 0)
        ordered = sorted(cells.items(), key=lambda cell: (-(0.5 if cell[1] is None else cell[1]), cell[0]))
        rows: list[dict[str, Any]] = [
            {"id": key, "name": self._reader.name(key, day), "n": n} for key, n in ordered
        ]
        return [*rows, {"id": None, "name": "Chưa rõ đơn vị bên dưới", "n": own}] if own != 0 else rows

    def _map(self, answer: Answer, link: "_Links") -> Any:
        today = self._reader.today()
        base = commune_map()
        here = {area.code for area in base.areas}
        values: dict[str, float | None] = dict.fromkeys(here, 0)
        for unit_id, n in answer.cells.items():
            unit = self._reader.units.unit(unit_id, today)
            if unit is not None and unit.code in here:
                values[unit.code] = n
        title = "Ý kiến theo xã, phường, trên bản đồ hiện nay"
        return choropleth(base, values, title=title, unit="ý kiến", href=link.unit)


class _Links:
    """Links to units that keep the period."""

    def __init__(self, query: str) -> None:
        self._query = query

    def unit(self, name: str) -> str:
        return f"/units/{name}?{self._query}"


def _series(cells: Mapping[str, int | None], first: date, last: date) -> tuple[list[str], list[Series]]:
    """A column a day, also the empty ones; a column a month where there are too many days."""
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    if len(days) <= MOST_COLUMNS:
        return [day_month_vi(day) for day in days], [Series("Ý kiến", [cells.get(str(d), 0) for d in days])]
    months: Counter[tuple[int, int]] = Counter(dict.fromkeys(((d.year, d.month) for d in days), 0))
    for day in days:
        months[day.year, day.month] += cells.get(str(day), 0) or 0
    names = [f"{month:02d}/{year}" for year, month in months]
    return names, [Series("Ý kiến", list(months.values()))]
