"""Questions to the delivery log as people and programs put them: query parameters, checked once for both."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from shared.local_time import LOCAL
from shared.units import Level, UnitMap
from shared.web.paging import USUAL, Fault, cursor, limit

STATES = ("ready", "sending", "delivered", "failed", "withheld")
CHANNELS = ("email", "webhook")


@dataclass(frozen=True, slots=True)
class Question:
    """What to read: filters for the store, how many rows, and what was wrong with the parameters."""

    filters: Mapping[str, str | UUID] = field(default_factory=dict)
    limit: int = USUAL
    faults: tuple[Fault, ...] = ()


def today() -> date:
    """The local date, which codes and names of units are looked up at."""
    return datetime.now(LOCAL).date()


def ask(parameters: Mapping[str, str], units: UnitMap, on: date) -> Question:
    """Read `state, channel, body, unit, after, before, limit`; an empty one is as good as none."""
    given = {name: value.strip() for name, value in parameters.items() if value.strip()}
    filters: dict[str, str | UUID] = {}
    faults: list[Fault] = []

    def take(name: str, read: Callable[[str], str | UUID | None], code: str) -> None:
        if name in given:
            value = read(given[name])
            if value is None:
                faults.append(Fault(name, code))
            else:
                filters[name] = value

    take("state", lambda v: v if v in STATES else None, "unknown_value")
    take("channel", lambda v: v if v in CHANNELS else None, "unknown_value")
    take("body", _body, "unknown_value")
    take("unit", lambda v: _unit(v, units, on), "unknown_unit")
    take("after", cursor, "bad_cursor")
    if "after" not in given:
        take("before", cursor, "bad_cursor")
    many = limit(given.get("limit", str(USUAL)))
    if many is None:
        faults.append(Fault("limit", "bad_limit"))
    return Question(filters, many or USUAL, tuple(faults))


def _body(text: str) -> str | None:
    return text if "@" in text and len(text) <= 64 and "\x00" not in text else None


def _unit(text: str, units: UnitMap, on: date) -> str | None:
    """A unit by its id, or by the code that it bears today."""
    if units.unit(text, on) is not None:
        return text
    levels: tuple[Level, ...] = ("commune", "province")
    for level in levels:
        found = units.by_code(text, on, level)
        if found is not None:
            return found.id
    return None
