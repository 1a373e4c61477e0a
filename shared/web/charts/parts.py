"""What every chart has: its frame, its legend, and its figures as a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

SERIES_COLOURS = 8  # .s0 to .s7 in drawings.css
FIGURES = "Xem số liệu"
Show = Callable[[float], str]

_BLOCK = Markup(
    '<li><svg aria-hidden="true"><rect class="s{i}" width="100%" height="100%"/></svg>{name}</li>'
)
_DASH = Markup(
    '<li><svg aria-hidden="true" class="lines"><line class="s{i} d{d}" x1="1" x2="21" y1="7" y2="7"/></svg>'
    "{name}</li>"
)


@dataclass(frozen=True, slots=True)
class Series:
    """A named row of values; None is a gap. In `stacked_bars` a series is a segment of each bar."""

    name: str
    values: Sequence[float | None]


def figure(kind: str, title: str, body: Markup, figures: Markup | str = "") -> Markup:
    """The chart under its title, and below it the folded table."""
    return Markup('<figure class="chart chart-{}"><figcaption>{}</figcaption>{}{}</figure>').format(
        kind, title, body, figures
    )


def legend(series: Sequence[Series], *, lines: bool = False) -> Markup:
    """Names beside their colours; for lines beside their dashes too."""
    entry = _DASH if lines else _BLOCK
    items = Markup("").join(entry.format(i=colour(i), d=i % 4, name=one.name) for i, one in enumerate(series))
    return Markup('<ul class="legend">{}</ul>').format(items)


def table(title: str, names: Sequence[str], series: Sequence[Series], show: Show) -> Markup:
    """The same figures as a table, folded up."""
    head = Markup("").join(Markup('<th scope="col" class="num">{}</th>').format(one.name) for one in series)
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(name, _cells(series, i, show))
        for i, name in enumerate(names)
    )
    return Markup(
        '<details class="chart-figures"><summary>{}</summary><div><table><caption>{}</caption>'
        "<thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table></div></details>"
    ).format(FIGURES, title, head, rows)


def _cells(series: Sequence[Series], i: int, show: Show) -> Markup:
    return Markup("").join(
        Markup('<td class="num">{}</td>').format(shown(one.values[i], show)) for one in series
    )


def totals(series: Sequence[Series], count: int) -> list[float]:
    """Sum of all series at each of `count` places; gaps count as nothing."""
    return [sum(one.values[i] or 0 for one in series) for i in range(count)]


def shown(value: float | None, show: Show) -> str:
    """The number as people read it; a dash for a gap."""
    return "–" if value is None else show(value)


def colour(i: int) -> int:
    """Colour class of the i-th series."""
    return i % SERIES_COLOURS


def n(value: float) -> str:
    """A coordinate, to a hundredth."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
