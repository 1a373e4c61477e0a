"""How numbers, dates and durations are written in Vietnamese. Pure: the present moment is a parameter."""

from datetime import UTC, date, datetime, time, timedelta

from shared.local_time import LOCAL

NONE = "–"

_STEPS = ((timedelta(days=365), "năm"), (timedelta(days=30), "tháng"), (timedelta(days=1), "ngày"))
_FINE_STEPS = ((timedelta(hours=1), "giờ"), (timedelta(minutes=1), "phút"))


def number_vi(value: float | None, decimals: int = 0) -> str:
    """1234.5 -> "1.234" ("1.234,5" with one decimal); None -> a dash."""
    if value is None:
        return NONE
    text = f"{value:,.{decimals}f}"
    if text.startswith("-") and not text.strip("-0.,"):
        text = text[1:]  # no negative zero
    return text.translate(str.maketrans(",.", ".,")).replace("-", "−")


def percent_vi(share: float | None, decimals: int = 1) -> str:
    """A share of one: 0.1234 -> "12,3%"; None (nothing to divide by) -> a dash."""
    return NONE if share is None else number_vi(share * 100, decimals) + "%"


def change_vi(now: float | None, before: float | None) -> str:
    """Against the period before: "+12,5%", "−3,0%", "0,0%"; without a base, a dash."""
    if now is None or not before:
        return NONE
    change = (now - before) / before
    return ("+" if change > 0 else "") + percent_vi(change)


def local(moment: datetime) -> datetime:
    """The same moment on the wall clock of Vietnam. A naive datetime is refused."""
    if moment.tzinfo is None:
        raise ValueError("a datetime without UTC offset cannot be shown")
    return moment.astimezone(LOCAL)


def date_vi(day: date | None) -> str:
    """24/11/2026; a datetime gives its local date."""
    if day is None:
        return NONE
    if isinstance(day, datetime):
        day = local(day).date()
    return f"{day:%d/%m}/{day.year:04d}"


def day_month_vi(day: date) -> str:
    """24/11, for axes."""
    return f"{local(day) if isinstance(day, datetime) else day:%d/%m}"


def date_long_vi(day: date | None) -> str:
    """ "ngày 05 tháng 02 năm 2026": Nghị định 30/2020 puts a zero before days below 10 and months 1 and 2."""
    if day is None:
        return NONE
    if isinstance(day, datetime):
        day = local(day).date()
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def datetime_vi(moment: datetime | None) -> str:
    """14:05 24/11/2026, in Asia/Ho_Chi_Minh."""
    return NONE if moment is None else f"{local(moment):%H:%M} {date_vi(moment)}"


def iso(moment: date | None) -> str:
    """For the `datetime` attribute of `<time>`: UTC for moments, the plain date for days."""
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        return local(moment).astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return moment.isoformat()


def span_vi(length: timedelta) -> str:
    """The largest whole unit of a duration: "3 ngày", "5 phút"; less than a minute is "dưới 1 phút"."""
    for size, name in (*_STEPS, *_FINE_STEPS):
        if abs(length) >= size:
            return f"{number_vi(abs(length) // size)} {name}"
    return "dưới 1 phút"


def ago_vi(moment: datetime | None, now: datetime) -> str:
    """ "5 phút trước", "vừa xong"; what lies ahead: "còn 3 ngày"."""
    if moment is None:
        return NONE
    length = now - moment
    if abs(length) < timedelta(minutes=1):
        return "vừa xong"
    return f"{span_vi(length)} trước" if length > timedelta(0) else f"còn {span_vi(length)}"


def due_vi(deadline: datetime | None, now: datetime) -> str:
    """A deadline: "còn 2 ngày", or "quá hạn 3 ngày" once it has passed."""
    if deadline is None:
        return NONE
    left = deadline - now
    return f"còn {span_vi(left)}" if left >= timedelta(0) else f"quá hạn {span_vi(left)}"


def by_vi(deadline: datetime | None) -> str:
    """Until when: "hết ngày 02/12/2026" where a day must be over, which is its following midnight, else the
    time as it is."""
    day = last_day(deadline) if deadline else None
    return f"hết ngày {date_vi(day)}" if day else datetime_vi(deadline)


def last_day(deadline: datetime) -> date | None:
    """The day that must be over by a deadline, if it is the midnight that follows one."""
    at = local(deadline)
    return at.date() - timedelta(days=1) if at.time() == time() else None


def due_tone(deadline: datetime | None, now: datetime) -> str:
    """Tone of a deadline's badge: `danger` once passed, `warn` within a day, else `neutral`."""
    if deadline is None:
        return "neutral"
    left = deadline - now
    if left < timedelta(0):
        return "danger"
    return "warn" if left < timedelta(days=1) else "neutral"


FILTERS = {
    f.__name__: f
    for f in (
        number_vi, percent_vi, change_vi, date_vi, day_month_vi, date_long_vi, datetime_vi, iso,
        span_vi, ago_vi, due_vi, by_vi, due_tone,
    )
}  # fmt: skip
