"""A choropleth of units as inline SVG: no library, no tiles, no script; it prints and is read aloud.

Boundaries are projected once by `base_map`; `choropleth` then colours them, at every request.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from shared.web.filters import number_vi
from shared.web.projection import Area, BaseMap, base_map
from shared.web.scales import Classes, natural_classes, quantile_classes

__all__ = ["Area", "BaseMap", "base_map", "choropleth"]

STEPS = 6  # .q0 to .q5 in drawings.css
NO_DATA = "Chưa có số liệu"


def choropleth(
    base: BaseMap,
    values: Mapping[str, float | None],
    *,
    title: str,
    unit: str = "",
    href: Callable[[str], str] | None = None,
    show: Callable[[float], str] = number_vi,
    method: Literal["natural", "quantile"] = "natural",
    classes: int = 5,
    selected: str | None = None,
    no_data: str = NO_DATA,
    ident: str = "ban-do",
) -> Markup:
    """Figure with the map and its legend.

    `values` by official code; None or a missing code is drawn hatched and called `no_data` (say so when cells
    are suppressed). `unit` follows the number ("phản ánh"). `href` gives a code's page, for drill-down.
    `ident` must differ between two maps of one page. The page should carry the same figures as a table too.
    """
    known = [value for area in base.areas if (value := values.get(area.code)) is not None]
    make = natural_classes if method == "natural" else quantile_classes
    paints = _Paints(make(known, min(classes, STEPS)), ident)
    told = _Words(unit, show, no_data)
    drawn = Markup("").join(
        _area(
            area,
            title=told.of(area.name, values.get(area.code)),
            paint=paints.of(values.get(area.code)),
            href=href(area.code) if href else None,
            selected=area.code == selected,
        )
        for area in sorted(base.areas, key=lambda area: area.code == selected)  # its border lies on top
    )
    legend = _legend(paints, told, gap=len(known) < len(base.areas))
    outside = _outside(sorted(values.keys() - {area.code for area in base.areas}))
    return _figure(base, ident, title, drawn, legend + outside)


@dataclass(frozen=True, slots=True)
class _Words:
    """How a value is told."""

    unit: str
    show: Callable[[float], str]
    no_data: str

    def of(self, name: str, value: float | None) -> str:
        if value is None:
            return f"{name}: {self.no_data.lower()}"
        return f"{name}: {self.show(value)} {self.unit}".rstrip()

    def range(self, low: float, high: float) -> str:
        first, last = self.show(low), self.show(high)
        return first if first == last else f"{first}–{last}"


@dataclass(frozen=True, slots=True)
class _Paints:
    """The attribute that fills a value's area."""

    classes: Classes
    ident: str

    def of(self, value: float | None) -> Markup:
        return self.hatched() if value is None else self.step(self.classes.index(value))

    def step(self, index: int) -> Markup:
        """Few classes are spread over the whole range of colours."""
        count = len(self.classes.bounds)
        step = STEPS // 2 if count == 1 else round(index * (STEPS - 1) / (count - 1))
        return Markup(' class="q{}"').format(step)

    def hatched(self) -> Markup:
        return Markup(' fill="url(#{}-hatch)"').format(self.ident)


def _figure(base: BaseMap, ident: str, title: str, drawn: Markup, notes: Markup) -> Markup:
    """The drawn areas in their frame; `notes` stand below."""
    return Markup(
        '<figure class="map"><figcaption id="{ident}-t">{title}</figcaption>'
        '<svg class="choropleth" xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 {width} {height}"'
        ' role="group" aria-labelledby="{ident}-t"><defs>{hatch}</defs>{drawn}</svg>'
        "{notes}</figure>"
    ).format(
        ident=ident,
        title=title,
        width=base.width + 8,
        height=base.height + 8,
        hatch=_hatch(ident),
        drawn=drawn,
        notes=notes,
    )


def _area(area: Area, *, title: str, paint: Markup, href: str | None, selected: bool) -> Markup:
    path = Markup('<path{} d="{}"><title>{}</title></path>').format(paint, area.path, title)
    mark = Markup(' class="selected" aria-current="true"') if selected else ""
    if href is None:
        return Markup("<g{}>{}</g>").format(mark, path)
    return Markup('<a href="{}" aria-label="{}"{}>{}</a>').format(href, title, mark, path)


def _hatch(ident: str) -> Markup:
    return Markup(
        '<pattern id="{}-hatch" width="9" height="9" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><rect class="hatch-ground" width="9" height="9"/>'
        '<line class="hatch-line" y2="9"/></pattern>'
    ).format(ident)


def _legend(paints: _Paints, told: _Words, *, gap: bool) -> Markup:
    entries = [(paints.step(i), told.range(*bounds)) for i, bounds in enumerate(paints.classes.bounds)]
    if gap:
        entries.append((paints.hatched(), told.no_data))
    items = Markup("").join(
        Markup('<li><svg aria-hidden="true"><rect width="100%" height="100%"{}/></svg>{}</li>').format(*entry)
        for entry in entries
    )
    name = Markup('<li class="muted">{}</li>').format(told.unit) if told.unit else ""
    return Markup('<ul class="legend">{}{}</ul>').format(name, items)


def _outside(codes: list[str]) -> Markup:
    """What the map cannot show is named: a total that is not on the map must not vanish in silence."""
    if not codes:
        return Markup("")
    return Markup('<p class="muted">Không có trên bản đồ: {}</p>').format(", ".join(codes))
