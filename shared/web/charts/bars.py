"""Horizontal bars: name and amount are text, so that long Vietnamese names wrap and are read aloud."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from shared.web.charts.parts import Series, Show, colour, figure, legend, n, shown, table, totals
from shared.web.filters import number_vi


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its name, its amount, and perhaps the page behind it."""

    name: str
    value: float
    href: str | None = None


def bar_chart(bars: Sequence[Bar], *, title: str, show: Show = number_vi) -> Markup:
    """A bar a row; the longest fills the width. Amounts must not be negative."""
    largest = max((bar.value for bar in bars), default=0) or 1
    rows = Markup("").join(
        _row(bar.name, bar.href, _rect(0, bar.value / largest, 0), show(bar.value)) for bar in bars
    )
    return figure("bars", title, Markup('<ul class="bar-rows">{}</ul>').format(rows))


def stacked_bars(
    names: Sequence[str],
    series: Sequence[Series],
    *,
    title: str,
    show: Show = number_vi,
    share: bool = False,
) -> Markup:
    """Bars cut into segments: `series[s].values[i]` is the segment s of the bar called `names[i]`.

    `share`: every bar is as long as the others and shows how its total divides.
    """
    sums = totals(series, len(names))
    largest = max(sums, default=0) or 1
    rows = Markup("").join(
        _row(name, None, _segments(series, i, (sums[i] or 1) if share else largest, show), show(sums[i]))
        for i, name in enumerate(names)
    )
    body = Markup('{}<ul class="bar-rows">{}</ul>').format(legend(series), rows)
    return figure("bars", title, body, table(title, names, series, show))


def _row(name: str, href: str | None, rects: Markup, value: str) -> Markup:
    label = Markup('<a href="{}">{}</a>').format(href, name) if href else name
    return Markup(
        '<li><span class="bar-name">{}</span><svg class="bar" xmlns="http://www.w3.org/2000/svg" height="14"'
        ' aria-hidden="true">{}</svg><span class="bar-value">{}</span></li>'
    ).format(label, rects, value)


def _segments(series: Sequence[Series], i: int, whole: float, show: Show) -> Markup:
    parts, start = [], 0.0
    for which, one in enumerate(series):
        length = (one.values[i] or 0) / whole
        parts.append(_rect(start, length, which, f"{one.name}: {shown(one.values[i], show)}"))
        start += length
    return Markup("").join(parts)


def _rect(start: float, length: float, which: int, tip: str = "") -> Markup:
    title = Markup("<title>{}</title>").format(tip) if tip else ""
    return Markup('<rect class="s{}" x="{}%" width="{}%" height="100%">{}</rect>').format(
        colour(which), n(start * 100), n(length * 100), title
    )
