"""The dated rules by which reports of one place are found to be about one incident."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class IncidentPeriod:
    """What holds in `[valid_from, valid_to)`. Scores are log-odds; windows are days between submissions.

    `link`: the least score at which cases are linked of their own accord. `suggest`: the least at which a
    person is asked. `follow_up`: the least at which a report that says that it goes on with an earlier one
    is taken for a follow-up of that one.
    """

    rule: str
    link: float
    suggest: float
    follow_up: float
    window_days: int
    follow_up_days: int
    weights: Mapping[str, float]
    basis: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class IncidentRules:
    """Periods, and what texts are compared by.

    `words`: folded word -> what it tells (nats); one that is not there tells `unknown_word`. `matters`:
    (phrase, matter). `follow_ups`, `others`: phrases that say that a report goes on with an earlier one, or
    is about something else than what is talked of.
    """

    version: str
    periods: tuple[IncidentPeriod, ...]
    words: Mapping[str, float]
    unknown_word: float
    matters: tuple[tuple[str, str], ...]
    follow_ups: tuple[str, ...]
    others: tuple[str, ...]

    def on(self, day: date) -> IncidentPeriod:
        """The period in force that day. Raises LookupError if there is none."""
        for period in self.periods:
            if period.valid_from <= day and (period.valid_to is None or day < period.valid_to):
                return period
        raise LookupError(f"no rules for incidents on {day}")
