"""The three times of a report: when it happened, when it was submitted, when it reached us.

Source: the architecture's "Three times" rule. All instants are timezone-aware; what leaves this module is
UTC. The report's date, which decides map, rules and counts, is the local date of `submitted_at`.
"""

import re
from datetime import UTC, date, datetime
from typing import Final, Literal, NamedTuple

from shared.local_time import LOCAL

EARLIEST_UNQUESTIONED: Final = date(2024, 1, 1)
"""The pilot began in 2024: what claims to be older goes to a person."""
FIRST_YEAR, LAST_YEAR = 1900, 2100

TimeFlag = Literal["future_dated", "before_2024"]

_RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII
)


class TimeRefused(ValueError):
    """An instant that cannot be used; `code` is one of the codes of `problems`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Times(NamedTuple):
    """The times of one report, UTC, its local date, and what a person should know about them."""

    occurred_at: datetime | None
    submitted_at: datetime
    received_at: datetime
    report_date: date
    flags: tuple[TimeFlag, ...]


def parse_instant(text: str) -> datetime:
    """An RFC 3339 time with its UTC offset as a UTC instant.

    Raises `TimeRefused` with `time_malformed`, `no_utc_offset` or `time_out_of_range`.
    """
    shape = _RFC_3339.fullmatch(text)
    if shape is None:
        raise TimeRefused("time_malformed")
    if shape[1] is None:
        raise TimeRefused("no_utc_offset")
    if not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        raise TimeRefused("time_out_of_range")
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except ValueError:
        raise TimeRefused("time_malformed") from None


def settle(occurred_at: datetime | None, told: datetime | None, received_at: datetime) -> Times:
    """Decide the three times.

    `told` is the submission time a trusted sender gave, None where the clock decides. Either time, lying in
    the future, is clamped to `received_at` and flagged; a submission before 2024 is kept and flagged.
    """
    received = received_at.astimezone(UTC)
    submitted = min(told.astimezone(UTC), received) if told else received
    flags: list[TimeFlag] = []
    if any(instant and instant > received for instant in (told, occurred_at)):
        flags.append("future_dated")
    report_date = submitted.astimezone(LOCAL).date()
    if report_date < EARLIEST_UNQUESTIONED:
        flags.append("before_2024")
    occurred = min(occurred_at.astimezone(UTC), received) if occurred_at else None
    return Times(occurred, submitted, received, report_date, tuple(flags))
