"""Weeks and months of reports, by local date. Weeks are those of ISO 8601, from Monday."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_DAY = timedelta(days=1)


class BadPeriod(ValueError):
    """Neither a week such as 2026-W47 nor a month such as 2026-11, between 2000 and 2100."""


@dataclass(frozen=True, slots=True)
class Period:
    """`first` to `last`, both included. `code`: 2026-W47 or 2026-11."""

    code: str
    first: date
    last: date

    @property
    def is_week(self) -> bool:
        return "W" in self.code

    @property
    def previous(self) -> "Period":
        """The week or month before."""
        day = self.first - _DAY
        return week_of(day) if self.is_week else month_of(day)

    @property
    def following(self) -> "Period":
        """The week or month after."""
        day = self.last + _DAY
        return week_of(day) if self.is_week else month_of(day)


def week_of(day: date) -> Period:
    """The week that a day is in."""
    year, week, weekday = day.isocalendar()
    monday = day - (weekday - 1) * _DAY
    return Period(f"{year}-W{week:02d}", monday, monday + 6 * _DAY)


def month_of(day: date) -> Period:
    """The month that a day is in."""
    first = day.replace(day=1)
    last = (first + 31 * _DAY).replace(day=1) - _DAY
    return Period(f"{first:%Y-%m}", first, last)


def parse_period(code: str) -> Period:
    """Raises BadPeriod."""
    try:
        if found := _WEEK.fullmatch(code):
            return week_of(date.fromisocalendar(_year(found[1]), int(found[2]), 1))
        if found := _MONTH.fullmatch(code):
            return month_of(date(_year(found[1]), int(found[2]), 1))
    except ValueError:
        raise BadPeriod(code) from None
    raise BadPeriod(code)


def _year(text: str) -> int:
    if not 2000 <= int(text) <= 2100:
        raise BadPeriod(text)
    return int(text)
