"""Reports matched one after the other, each with those that came before it and with what they became."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from services.routing.domain.incidents.matching import Compared, Match, Matching

_SAME_WORDS = 0.9


@dataclass(frozen=True, slots=True)
class Placed:
    """A report as it is compared in one place. `ground`: the place and the circle (`circle.py`); `root_id`:
    the report that it is, or is a further matter of."""

    place: str
    ground: str
    compared: Compared
    root_id: UUID


@dataclass(frozen=True, slots=True)
class Book:
    """What is known by ground, the oldest first; it grows with what is matched.

    `apart`: (case, incident) of what must not come together: a person has taken it apart, or the incident
    holds another matter of the same report. `held`: (report, group) of what was matched here.
    """

    matching: Matching
    grounds: dict[str, list[Compared]] = field(default_factory=dict)
    apart: Collection[tuple[UUID, UUID]] = ()
    held: set[tuple[UUID, UUID]] = field(default_factory=set)

    def match(self, made: Sequence[Placed], on: date) -> Match | None:
        """What a report goes with, in whichever of its places speaks most for it; `on`: its date.

        A suggestion changes nothing. A link makes one group of the report and the group that it goes with.
        """
        found = [self.matching.match(one.compared, self.grounds.get(one.ground, ()), on) for one in made]
        matches = [match for match in found if match is not None and not self._apart(made, match)]
        best = max(matches, key=_by_strength, default=None)
        for one in made:
            self.held.add((one.root_id, one.compared.case_id if best is None else best.group))
            there = self.grounds.setdefault(one.ground, [])
            new = one.compared if best is None else _after(one.compared, best)
            if best is not None and best.kind == "same":
                there[:] = [replace(c, incident=best.group) if c.group == best.group else c for c in there]
            if best is None or not says_nothing_new(new, best):
                there.append(new)
        return best

    def _apart(self, made: Sequence[Placed], match: Match) -> bool:
        return any(
            (one.compared.case_id, match.group) in self.apart or (one.root_id, match.group) in self.held
            for one in made
        )


def says_nothing_new(new: Compared, match: Match) -> bool:
    """Whether a linked report reads as one that is known: what is like it is like that one, so that however
    many equal ones come in, one of them is compared."""
    if match.kind != "same" or new.print.matters != match.other.print.matters:
        return False
    either = len(new.print.words | match.other.print.words)
    return len(match.shared) >= _SAME_WORDS * either


def _after(new: Compared, best: Match) -> Compared:
    match best.kind:
        case "same":
            return replace(new, incident=best.group)
        case "follow_up":
            return replace(new, incident=best.other.incident, follow_up_of=best.group)
        case "suggested":
            return new


def _by_strength(match: Match) -> tuple[bool, float]:
    return match.kind != "suggested", match.score
