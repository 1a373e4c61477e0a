"""Columns and lines over time: days, weeks or months from left to right, whole numbers upwards from zero."""

from collections.abc import Sequence

from markupsafe import Markup

from shared.web.charts.parts import Series, Show, colour, figure, legend, n, shown, table, totals
from shared.web.filters import number_vi
from shared.web.scales import ticks

MOST_NAMES = 6  # along the axis of a phone
COLUMN_SHARE = 0.72  # of its place


def columns(
    names: Sequence[str],
    series: Sequence[Series],
    *,
    title: str,
    show: Show = number_vi,
    height: int = 240,
) -> Markup:
    """Upright columns, one a period called `names[i]`, the series stacked in each. `height` in CSS pixels."""
    axis = ticks(max(totals(series, len(names)), default=0))
    slot = 100 / max(len(names), 1)
    drawn = Markup("").join(_column(series, i, slot, axis[-1]) for i in range(len(names)))
    places = [(i + 0.5) * slot for i in range(len(names))]
    svg = _plot(names, series, places, axis, drawn, title=title, show=show, height=height)
    return _figure(names, series, svg, title=title, show=show, lines=False)


def time_series(
    names: Sequence[str],
    series: Sequence[Series],
    *,
    title: str,
    show: Show = number_vi,
    height: int = 240,
) -> Markup:
    """Lines over equally spaced moments; each series has its dash as well as its colour."""
    known = [value for one in series for value in one.values if value is not None]
    axis = ticks(max(known, default=0))
    places = [100 * i / max(len(names) - 1, 1) for i in range(len(names))]
    paths = Markup("").join(
        Markup('<path class="s{} d{}" d="{}"/>').format(colour(i), i % 4, _line(one.values, places, axis[-1]))
        for i, one in enumerate(series)
    )
    drawn = Markup(
        '<svg class="lines" viewBox="0 0 1000 1000" preserveAspectRatio="none"'
        ' width="100%" height="100%">{}</svg>'
    ).format(paths)
    svg = _plot(names, series, places, axis, drawn, title=title, show=show, height=height)
    return _figure(names, series, svg, title=title, show=show, lines=True)


def _column(series: Sequence[Series], i: int, slot: float, top: float) -> Markup:
    parts, base = [], 0.0
    for which, one in enumerate(series):
        value = one.values[i] or 0
        if value:
            parts.append(
                Markup('<rect class="s{}" x="{}%" width="{}%" y="{}%" height="{}%"/>').format(
                    colour(which),
                    n((i + (1 - COLUMN_SHARE) / 2) * slot),
                    n(slot * COLUMN_SHARE),
                    n(100 - (base + value) / top * 100),
                    n(value / top * 100),
                )
            )
        base += value
    return Markup("").join(parts)


def _line(values: Sequence[float | None], places: Sequence[float], top: float) -> str:
    """Path data in a box of 1000 x 1000; a gap begins a new stroke, a lone point is a dot (zero length)."""
    path, pen_down = [], False
    for place, value in zip(places, values, strict=True):
        if value is not None:
            point = f"{n(place * 10)} {n(1000 - value / top * 1000)}"
            path.append(f"L{point}" if pen_down else f"M{point}h0")
        pen_down = value is not None
    return "".join(path)


def _plot(
    names: Sequence[str],
    series: Sequence[Series],
    places: Sequence[float],
    axis: Sequence[float],
    drawn: Markup,
    *,
    title: str,
    show: Show,
    height: int,
) -> Markup:
    """Grid with its numbers, names below, what is drawn, and a tip for each moment."""
    return Markup(
        '<svg class="plot" xmlns="http://www.w3.org/2000/svg" height="{}" role="img" aria-label="{}">'
        "{}{}{}{}</svg>"
    ).format(
        height, title, _grid(axis, show), _names(names, places), drawn, _tips(names, series, places, show)
    )


def _grid(axis: Sequence[float], show: Show) -> Markup:
    return Markup("").join(
        Markup(
            '<line class="{}" x1="0" x2="100%" y1="{y}%" y2="{y}%"/>'
            '<text class="axis" x="0" dx="-8" dy="0.35em" y="{y}%" text-anchor="end">{}</text>'
        ).format("base" if tick == 0 else "grid", show(tick), y=n(100 - tick / axis[-1] * 100))
        for tick in axis
    )


def _names(names: Sequence[str], places: Sequence[float]) -> Markup:
    """At most `MOST_NAMES`, evenly, the last one always among them."""
    step = max(1, -(-len(names) // MOST_NAMES))
    shown_at = range((len(names) - 1) % step, len(names), step) if names else range(0)
    return Markup("").join(
        Markup('<text class="axis" x="{}%" y="100%" dy="1.5em" text-anchor="middle">{}</text>').format(
            n(places[i]), names[i]
        )
        for i in shown_at
    )


def _tips(names: Sequence[str], series: Sequence[Series], places: Sequence[float], show: Show) -> Markup:
    """Clear strips over each moment whose title tells its figures."""
    width = 100 / max(len(names), 1)
    return Markup("").join(
        Markup('<rect fill="transparent" x="{}%" width="{}%" height="100%"><title>{}</title></rect>').format(
            n(places[i] - width / 2),
            n(width),
            f"{name}: " + "; ".join(f"{one.name} {shown(one.values[i], show)}" for one in series),
        )
        for i, name in enumerate(names)
    )


def _figure(
    names: Sequence[str], series: Sequence[Series], svg: Markup, *, title: str, show: Show, lines: bool
) -> Markup:
    key = legend(series, lines=lines) if len(series) > 1 else Markup("")
    return figure("over-time", title, key + svg, table(title, names, series, show))
