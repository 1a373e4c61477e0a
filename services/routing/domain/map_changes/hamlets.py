"""Hamlets are called as their commune's type wants it, on every day of a change that reaches far: tổ dân phố
below a phường, thôn below a xã (NĐ 59/2023 on self-governing communities)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from services.routing.domain.map_changes.draft import hamlet_type, record_of
from shared.units import MapChange, Unit, UnitMap, UnitRecord


def follow_communes(before: UnitMap, change: MapChange) -> MapChange:
    """The change with the rows of its hamlets cut where a commune turns, from the day of the change on.

    A hamlet that was moved or made late comes below what its new commune became since.
    """
    after = before.apply(change)
    rows = {(row.id, row.valid_from): row for row in change.units}
    for unit_id in sorted({row.id for row in change.units if row.level == "hamlet"}):
        for row in after.history(unit_id):
            if row.valid_from >= change.effective:
                rows.update(((made.id, made.valid_from), made) for made in _cut(row, after))
    return replace(change, units=tuple(rows.values()))


def _cut(row: Unit, units: UnitMap) -> Iterator[UnitRecord]:
    """The rows that stand for one; none if it may stand as it is."""
    spans: list[tuple[date, str]] = []
    for above in units.history(row.parent or ""):
        begins = max(row.valid_from, above.valid_from)
        ends = min(row.valid_to or date.max, above.valid_to or date.max)
        kind = hamlet_type(above.type, spans[-1][1] if spans else row.type)
        if begins < ends and (not spans or spans[-1][1] != kind):
            spans.append((begins, kind))
    if not spans or (len(spans) == 1 and spans[0][1] == row.type):
        return
    until: list[date | None] = [*(begins for begins, _ in spans[1:]), row.valid_to]
    for (begins, kind), valid_to in zip(spans, until, strict=True):
        yield replace(record_of(row), valid_from=begins, valid_to=valid_to, type=kind)
