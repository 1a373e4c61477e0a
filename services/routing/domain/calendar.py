"""Working days in Vietnam: weekends, public holidays and Tết, and the days that the authorities swapped.

The library `holidays` computes the statutory days; `rules/calendar.toml` overrides single days and says for
which years the official calendar is decided. Deadlines that touch another year are provisional.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import holidays

from services.routing.domain.ruleset import CalendarRules
from shared.local_time import LOCAL

_DAY = timedelta(days=1)


class Calendar:
    """Which local dates are working days, for the years that it was made for."""

    __slots__ = ("_free", "_official", "_special", "_working", "years")

    def __init__(self, rules: CalendarRules, years: range) -> None:
        self.years = years
        self._special: Mapping[date, bool] = {day.day: day.working for day in rules.days}
        self._official = rules.official_years
        self._free = frozenset(holidays.country_holidays("VN", years=years))
        first, last = date(years.start, 1, 1).toordinal(), date(years.stop, 1, 1).toordinal()
        days = map(date.fromordinal, range(first, last))
        self._working = tuple(day for day in days if self.is_working(day))

    def is_working(self, day: date) -> bool:
        """Whether offices work on that local date."""
        special = self._special.get(day)
        if special is not None:
            return special
        return day.weekday() < 5 and day not in self._free

    def provisional(self, start: date, end: date) -> bool:
        """Whether [start, end] touches a year whose official calendar is not decided yet."""
        return any(year not in self._official for year in range(start.year, end.year + 1))

    def after_working_days(self, start: date, amount: int) -> date:
        """The `amount`-th working day after `start`, which itself does not count.

        Raises LookupError beyond the years that the calendar was made for.
        """
        index = bisect_right(self._working, start) + amount - 1
        if start.year not in self.years or index >= len(self._working):
            raise LookupError(f"no calendar for {amount} working days after {start}")
        return self._working[index]

    def before_working_days(self, end: date, amount: int) -> date:
        """The `amount`-th working day before `end`, which itself does not count.

        Raises LookupError beyond the years that the calendar was made for.
        """
        index = bisect_left(self._working, end) - amount
        if end.year not in self.years or index < 0:
            raise LookupError(f"no calendar for {amount} working days before {end}")
        return self._working[index]

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and with `end`; 0 if that is none."""
        return max(0, bisect_right(self._working, end) - bisect_right(self._working, start))

    def after_days(self, start: date, amount: int) -> date:
        """`amount` calendar days after `start`; a last day off moves to the next working day (BLDS Đ.148)."""
        day = start + timedelta(days=amount)
        while not self.is_working(day):
            day += _DAY
        return day


def local_date(instant: datetime) -> date:
    """The date in Vietnam of an instant with a zone."""
    return instant.astimezone(LOCAL).date()


def end_of(day: date) -> datetime:
    """The instant at which a local date is over (24:00)."""
    return datetime.combine(day + _DAY, time.min, LOCAL)
