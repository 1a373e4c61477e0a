"""What a planned change does, unit by unit, and why one is refused: for the page, the API and the command."""

from dataclasses import dataclass
from datetime import date

from services.routing.domain.map_changes import Fault
from services.routing.use_cases.change_map import Entered
from shared.units import Unit, UnitMap, full_name
from shared.web.catalogue import Catalogue
from shared.web.filters import date_vi
from shared.web.problems import FieldError


@dataclass(frozen=True, slots=True)
class Effect:
    """One unit as it would be without the change (None: not there), and with it. `on`: the first day on which
    the change touches it, which of a late entry may be after the change's own."""

    unit: str
    on: date
    was: Unit | None
    now: Unit | None

    @property
    def kind(self) -> str:
        """begins, ends or changes."""
        return "begins" if self.was is None else "ends" if self.now is None else "changes"


def effects(entered: Entered) -> list[Effect]:
    """Every unit that the change touches, in its order, once."""
    before, after, day = entered.before, entered.before.apply(entered.change), entered.change.effective
    first: dict[str, date] = {}
    for row in entered.change.units:
        touched = max(day, row.valid_from)
        first[row.id] = min(first.get(row.id, touched), touched)
    return [Effect(i, on, before.unit(i, on), after.unit(i, on)) for i, on in first.items()]


def moving(entered: Entered) -> tuple[int, int]:
    """(open cases that move by themselves, open cases that a person is asked for)."""
    after, day = entered.before.apply(entered.change), entered.change.effective
    moved = asked = 0
    for unit, n in entered.moving.items():
        if after.unit(unit, day) is None and len(after.present_of(unit, day)) == 1:
            moved += n
        else:
            asked += n
    return moved, asked


def differences(effect: Effect, units: UnitMap, texts: Catalogue, day: date) -> list[str]:
    """What is new about a unit that goes on: `Tên: An → An Mới`."""
    was, now = effect.was, effect.now
    if was is None or now is None:
        return []
    pairs = [
        ("name", full_name(was), full_name(now)),
        ("code", was.code, now.code),
        ("parent", parent_name(was, units, day), parent_name(now, units, day)),
        ("pilot", *(texts.label("yes_no", str(row.pilot).lower()) for row in (was, now))),
    ]
    return [f"{texts.label('map_fact', name)}: {a} → {b}" for name, a, b in pairs if a != b]


def parent_name(unit: Unit, units: UnitMap, day: date) -> str:
    """What the unit above is called that day; a dash for a province."""
    above = units.unit(unit.parent, day) or units.last(unit.parent) if unit.parent else None
    return full_name(above) if above else "–"


def said(fault: Fault, texts: Catalogue, language: str = "vi") -> str:
    """Why a field is refused, in plain words."""
    told = dict(fault.told)
    if "day" in told:
        told["day"] = date_vi(date.fromisoformat(told["day"])) if language == "vi" else told["day"]
    return texts.text(f"map_problem.{fault.code}", language, **told)


def field_error(fault: Fault, texts: Catalogue) -> FieldError:
    """A fault as problem details tell it; a request names even a single unit in `units`."""
    name = "units" if fault.field == "unit" else fault.field
    return FieldError(name, fault.code, {lang: said(fault, texts, lang) for lang in ("vi", "en")})
