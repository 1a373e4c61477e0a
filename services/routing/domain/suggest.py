"""Which part of a split unit a report speaks of: a suggestion with evidence, for the person who chooses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.routing.domain.basis import Basis
from services.routing.domain.case import Candidate
from services.routing.domain.text import read
from shared.contracts.vocabulary import Channel

_PRIOR = {"whole": 0.2, "population": 0.2, "part": 0.1}
"""What speaks for a part before the text is read: most residents went where the population did."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a report says and was told beside it."""

    text: str
    place_hint: str | None
    reporter_unit: str | None


def suggest(
    heirs: Mapping[str, str], told: Told | None, channel: Channel, basis: Basis, today: date
) -> tuple[Candidate, ...]:
    """The parts, the most probable first. `heirs`: unit -> how much of the split one is there.

    What speaks for all of them alike is no evidence. Evidence is of codes alone (`text`, `hint`, `reporter`,
    `population`), so that nothing of a report is kept with the suggestion.
    """
    found: dict[str, tuple[float, set[str]]] = {
        unit: (_PRIOR[kind], {"population"} if kind == "population" else set())
        for unit, kind in heirs.items()
    }
    if told is not None:
        place = basis.gazetteer.place(read(told.text), told.place_hint, told.reporter_unit, channel, today)
        for candidate in place.candidates:
            for unit in basis.units.path(candidate.unit, today):
                if unit in found:
                    weight, evidence = found[unit]
                    signs = {sign.partition(":")[0] for sign in candidate.evidence}
                    found[unit] = (weight + candidate.probability, evidence | signs)
    common = set.intersection(*(signs for _, signs in found.values())) if len(found) > 1 else set()
    total = sum(weight for weight, _ in found.values())
    ranked = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))
    return tuple(
        Candidate(unit, round(w / total, 4), tuple(sorted(signs - common))) for unit, (w, signs) in ranked
    )
