"""Everything that decisions rest on, made once for a version of the rules and of the map."""

from dataclasses import dataclass
from datetime import date

from services.routing.domain.clocks import Terms
from services.routing.domain.escalation.due import Timetable
from services.routing.domain.incidents.matching import Matching
from services.routing.domain.lexicon import Lexicon
from services.routing.domain.linear import Linear, no_model
from services.routing.domain.outlines import Outlines
from services.routing.domain.owners import Registry
from services.routing.domain.places import Gazetteer
from services.routing.domain.ruleset import Rules
from shared.units import UnitMap


@dataclass(frozen=True, slots=True)
class Basis:
    """Rules, text model, map and calendar, with the indexes made from them. A change makes a new one."""

    rules: Rules
    units: UnitMap
    terms: Terms
    lexicon: Lexicon
    gazetteer: Gazetteer
    registry: Registry
    matching: Matching
    model: Linear
    timetable: Timetable

    @classmethod
    def of(
        cls,
        rules: Rules,
        units: UnitMap,
        years: range,
        home: str,
        *,
        model: Linear | None = None,
        outlines: Outlines | None = None,
    ) -> "Basis":
        """Index the rules and the map (about a second).

        `years`: those that deadlines may fall in. `home`: official code, today, of the home province.
        `model`: what it says is added to what the rules say; without one the rules are alone.
        `outlines`: where communes are; without them coordinates say nothing.
        """
        terms = Terms.of(rules, years)
        return cls(
            rules=rules,
            units=units,
            terms=terms,
            lexicon=Lexicon(rules),
            gazetteer=Gazetteer(rules.places, units, home, outlines),
            registry=Registry(rules),
            matching=Matching(rules.incidents),
            model=model or no_model(),
            timetable=Timetable(rules.escalation, terms.calendar),
        )

    def home(self, on: date) -> str:
        """The home province's id on a date. Raises LookupError while the map does not hold it."""
        homes = self.gazetteer.homes(on)
        if not homes:
            raise LookupError(f"the map {self.units.version} holds no home province on {on}")
        return homes[0]
