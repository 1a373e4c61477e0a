"""What cases, units and bodies are called on pages, as they were called on the report's day."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.routing.domain.basis import Basis
from services.routing.domain.ruleset import BodyKind, BodyLevel
from shared.units import Unit, full_name
from shared.web.catalogue import Catalogue


def code(case_id: UUID) -> str:
    """What people call a case by: the last eight digits of its id, as in the messages about it."""
    tail = case_id.hex[-8:].upper()
    return f"{tail[:4]}-{tail[4:]}"


@dataclass(frozen=True, slots=True)
class Names:
    """Names by the map and the rules of this moment, and the texts of the pages."""

    basis: Basis
    texts: Catalogue

    def unit(self, unit_id: str, on: date) -> Unit | None:
        """The unit as it was that day, or as it was last."""
        return self.basis.units.unit(unit_id, on) or self.basis.units.last(unit_id)

    def place(self, unit_id: str | None, on: date) -> str:
        """`Phường Quế Võ`; a dash for none, the id where the map does not know it."""
        if unit_id is None:
            return "–"
        unit = self.unit(unit_id, on)
        return full_name(unit) if unit else unit_id

    def communes(self, today: date) -> list[tuple[str, str]]:
        """(id, name) of the home province's communes of that day, by their names."""
        found = self.basis.units.units(today, "commune", self.basis.home(today))
        return [(unit.id, full_name(unit)) for unit in sorted(found, key=lambda unit: unit.name)]

    def path(self, path: tuple[str, ...], on: date) -> list[tuple[str, str]]:
        """(id, name) from the province down."""
        return [(unit_id, self.place(unit_id, on)) for unit_id in reversed(path)]

    def body(self, body: str | None, on: date) -> str:
        """`Ủy ban nhân dân phường Quế Võ`; a dash for none."""
        if body is None:
            return "–"
        kind, _, seat = body.partition("@")
        unit = self.unit(seat, on)
        level = unit.level if unit else "commune"
        found = self._kind(kind, "commune" if level == "hamlet" else level, on)
        if found is None or unit is None:
            return body
        where = full_name(unit)
        return found.name.format(where[:1].lower() + where[1:])

    def _kind(self, kind: str, level: BodyLevel, on: date) -> BodyKind | None:
        """The kind of body as it was that day, or, where it came or went since, as it is called at all."""
        known = (body for body in self.basis.rules.bodies if (body.kind, body.level) == (kind, level))
        return self.basis.registry.body(kind, level, on) or next(known, None)

    def follower(self, body: str, on: date) -> str:
        """A listening owner in short: beside its case's unit only one of another level says where it is."""
        kind, _, seat = body.partition("@")
        unit = self.unit(seat, on)
        name = self.texts.label("organisation", kind)
        if name == kind or unit is None:
            return self.body(body, on)
        where = full_name(unit)
        return name if unit.level == "commune" else f"{name} {where[:1].lower() + where[1:]}"

    def kinds(self) -> list[tuple[str, str]]:
        """Kinds of bodies with their names, for choosing among them."""
        names = {body.kind: body.name.replace(" {}", "") for body in self.basis.rules.bodies}
        return sorted(names.items(), key=lambda pair: pair[1])
