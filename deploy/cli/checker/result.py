"""What the checker says of one invariant."""

from collections.abc import Sequence
from dataclasses import dataclass

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Result:
    """`holds` is None where it could not be checked; `note` says why, or what was looked at.

    `offending` names at most SHOWN culprits; `found` is how many there are.
    """

    holds: bool | None
    offending: tuple[str, ...] = ()
    note: str = ""
    found: int = 0

    @property
    def verdict(self) -> bool | str:
        """True, False or "not checked", as in the summary's JSON."""
        return "not checked" if self.holds is None else self.holds


def judged(offending: Sequence[str], note: str = "") -> Result:
    """True if nobody offends."""
    return Result(not offending, tuple(offending[:SHOWN]), note, len(offending))


def not_checked(why: str) -> Result:
    """Neither true nor false."""
    return Result(None, (), why)


def together(results: Sequence[Result]) -> Result:
    """One result of several looks at the same invariant: false if any is, else unchecked if any is."""
    offending = tuple(culprit for result in results for culprit in result.offending)[:SHOWN]
    note = "; ".join(dict.fromkeys(result.note for result in results if result.note))
    found = sum(result.found for result in results)
    if any(result.holds is False for result in results):
        return Result(False, offending, note, found)
    return Result(None if any(result.holds is None for result in results) else True, (), note)
