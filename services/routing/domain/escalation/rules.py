"""The dated table of steps, as `rules/escalation.toml` gives it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Clock = Literal["forward", "settle", "listen", "resume"]
"""`resume` runs while the others stand still: it ended with the day on which they stopped."""
Action = Literal["remind", "tell", "rise"]
"""remind: the clock's owner; tell: who would have the case next, too; rise: it goes there. At the top it
stays, and the province's Front and chair are told."""
ACTIONS: tuple[Action, ...] = ("remind", "tell", "rise")
"""From the least to the highest."""


@dataclass(frozen=True, slots=True)
class Step:
    """So many working days (`wd`) or minutes (`min`) after a clock's end; before it where negative.

    In force for steps that fall due, by local date, in [valid_from, valid_to).
    """

    rule: str
    clock: Clock
    action: Action
    amount: int
    unit: Literal["wd", "min"]
    basis: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class EscalationRules:
    """The steps; how long after a clock's end an owner whom nothing reached is passed over; how many calls a
    body gets in an hour; how long until an owner whom nothing reached is looked at again."""

    steps: tuple[Step, ...]
    unreached: Mapping[Clock, timedelta]
    calls_per_hour: int
    look_again: timedelta
