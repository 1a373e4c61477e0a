"""Bodies and competences: who listens and who settles, by category, level and date. Conflicts of interest
are not judged here but in `audience.py`, which has the last word.
"""

from collections.abc import Collection
from datetime import date

from services.routing.domain.ruleset import BodyKind, BodyLevel, Competence, Rules
from shared.contracts.vocabulary import Category, Flag, Level


class Registry:
    """The bodies that exist and the competences in force, by date."""

    __slots__ = ("_bodies", "_competences")

    def __init__(self, rules: Rules) -> None:
        self._bodies: dict[tuple[str, str], list[BodyKind]] = {}
        for body in rules.bodies:
            self._bodies.setdefault((body.kind, body.level), []).append(body)
        self._competences: dict[tuple[str, str], list[Competence]] = {}
        for row in sorted(rules.competences, key=lambda row: row.flag is None):
            self._competences.setdefault((row.category, row.level), []).append(row)

    def body(self, kind: str, level: BodyLevel, on: date) -> BodyKind | None:
        """The kind of body at that level if it exists on a date."""
        for row in self._bodies.get((kind, level), ()):
            if row.valid_from <= on and (row.valid_to is None or on < row.valid_to):
                return row
        return None

    def competence(
        self, category: Category, level: Level, on: date, flags: Collection[Flag] = ()
    ) -> Competence:
        """Who listens and settles, of a case with these flags. Raises LookupError if the table has a hole."""
        # A hamlet is no authority: what concerns it is settled by its commune.
        table_level = "commune" if level == "hamlet" else level
        for row in self._competences.get((category, table_level), ()):
            fits = row.flag is None or row.flag in flags
            if fits and row.valid_from <= on and (row.valid_to is None or on < row.valid_to):
                return row
        raise LookupError(f"no competence for {category} at {table_level} on {on}")


def body_id(kind: str, unit: str) -> str:
    """A body's id as events carry it."""
    return f"{kind}@{unit}"


def unit_of(body: str) -> str:
    return body.partition("@")[2]
