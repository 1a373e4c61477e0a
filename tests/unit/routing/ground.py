"""What routing's tests stand on: the committed map and rules, and short ways to make a report."""

from datetime import date, datetime
from functools import cache
from uuid import UUID

from services.routing import boundaries, model
from services.routing.domain.basis import Basis
from services.routing.domain.case import Report
from services.routing.domain.decide import open_case
from services.routing.domain.decision import Decision
from services.routing.domain.places import Place
from services.routing.domain.text import read
from services.routing.map.seed import unit_map
from services.routing.rules import standard
from shared.contracts.events import ReportReceived
from shared.local_time import LOCAL

VN = LOCAL
BEFORE, AFTER, CITY = date(2025, 6, 15), date(2026, 3, 2), date(2026, 10, 12)


@cache
def basis() -> Basis:
    return Basis.of(
        standard(),
        unit_map(),
        range(2024, 2031),
        "24",
        model=model.standard(),
        outlines=boundaries.standard(),
    )


def report(text: str, on: date = AFTER, **told: object) -> Report:
    at = datetime(on.year, on.month, on.day, 9, tzinfo=VN)
    fields = {
        "purpose": "request",
        "channel": "web",
        "submitted_at": at,
        "received_at": at,
        "report_date": on,
    }
    return Report(report_id=UUID(int=7), text=text, **(fields | told))


def received(made: Report, **told: object) -> ReportReceived:
    """The event that tells of a report."""
    fields = ("report_id", "purpose", "channel", "text", "submitted_at", "received_at", "report_date")
    return ReportReceived.model_validate({name: getattr(made, name) for name in fields} | told)


def opened(text: str, on: date = AFTER, **told: object) -> Decision:
    made = report(text, on, **told)
    return open_case(made, made.received_at, basis())


def place(text: str, on: date = AFTER, hint: str | None = None, reporter: str | None = None) -> Place:
    return basis().gazetteer.place(read(text), hint, reporter, "web", on)


def code(unit_id: str | None, on: date) -> str | None:
    """The official code of the commune that a unit is or lies in."""
    if unit_id is None:
        return None
    for step in basis().units.path(unit_id, on):
        unit = basis().units.unit(step, on)
        if unit is not None and unit.level == "commune":
            return unit.code
    return None


def commune(number: str, on: date = AFTER) -> str:
    unit = basis().units.by_code(number, on, "commune")
    assert unit is not None
    return unit.id
