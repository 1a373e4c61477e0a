"""Maps and charts: the right lengths and classes, everything named, nothing lost."""

import json
import re
from itertools import combinations_with_replacement, pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.web.charts import Bar, Series, bar_chart, columns, stacked_bars, time_series
from shared.web.choropleth import Area, BaseMap, choropleth
from shared.web.scales import Classes, natural_classes, quantile_classes, ticks
from tests.unit.web.gallery import BOUNDARIES, NASTY, commune_map

SVG = "{http://www.w3.org/2000/svg}"
amounts = st.lists(st.integers(0, 500).map(float), min_size=1, max_size=40)


@pytest.fixture(scope="module")
def base() -> BaseMap:
    return commune_map()


def areas(figure: str) -> list[ElementTree.Element]:
    return [path for path in ElementTree.fromstring(figure).iter(f"{SVG}path") if path.get("d")]


def test_each_of_the_99_communes_is_drawn_linked_and_named(base: BaseMap) -> None:
    values = {area.code: float(i) for i, area in enumerate(base.areas)}
    figure = choropleth(base, values, title="Ý kiến", unit="ý kiến", href=lambda code: f"/units/{code}")
    links = list(ElementTree.fromstring(figure).iter(f"{SVG}a"))
    assert len(areas(figure)) == len(links) == 99
    official = {
        f["properties"]["code"] for f in json.loads(BOUNDARIES.read_text(encoding="utf-8"))["features"]
    }
    assert {(link.get("href") or "").removeprefix("/units/") for link in links} == official
    assert all(re.fullmatch(r".+: \d+ ý kiến", link.get("aria-label") or "") for link in links)
    assert len(figure) < 60_000


def test_outlines_keep_their_shape_and_stay_inside_the_drawing(base: BaseMap) -> None:
    for area in base.areas:
        assert re.fullmatch(r"(M\d+,\d+l(-?\d+,-?\d+ ?)+z)+", area.path), area.name
        x, y = map(int, re.match(r"M(\d+),(\d+)", area.path).groups())  # type: ignore[union-attr]
        assert 0 <= x <= base.width, area.name
        assert 0 <= y <= base.height, area.name
    # 1.15 degrees of longitude at 21.3 N against 0.63 of latitude
    assert base.height / base.width == pytest.approx(0.61, abs=0.02)


def test_no_data_is_hatched_and_said(base: BaseMap) -> None:
    first, second = base.areas[:2]
    figure = choropleth(base, {first.code: 5, second.code: None}, title="x", no_data="Không công bố")
    hatched = [path for path in areas(figure) if path.get("fill") == "url(#ban-do-hatch)"]
    assert len(hatched) == 98
    assert f"{second.name}: không công bố" in figure
    assert "Không công bố</li>" in figure


def test_a_unit_that_the_map_does_not_know_is_named(base: BaseMap) -> None:
    assert "Không có trên bản đồ: 00000" in choropleth(base, {"00000": 7}, title="x")


def test_names_and_titles_are_escaped() -> None:
    nasty = BaseMap(10, 10, (Area("1", NASTY, "M0,0l1,0 0,1z"),))
    series = [Series(NASTY, [1.0, None])]
    drawn = [
        choropleth(nasty, {"1": 2, NASTY: 3}, title=NASTY, unit=NASTY, href=lambda _: f'/"{NASTY}'),
        choropleth(nasty, {}, title=NASTY, no_data=NASTY),
        bar_chart([Bar(NASTY, 1, f'"{NASTY}')], title=NASTY),
        *(draw([NASTY, "b"], series, title=NASTY) for draw in (stacked_bars, columns, time_series)),
    ]
    for figure in drawn:
        assert "<script" not in figure
        ElementTree.fromstring(figure)


def test_bars_are_as_long_as_their_amounts() -> None:
    figure = bar_chart([Bar("a", 200), Bar("b", 50), Bar("c", 0)], title="x")
    assert re.findall(r'width="([\d.]+)%" height="100%"', figure) == ["100", "25", "0"]


def test_shares_fill_every_bar_and_totals_are_told() -> None:
    figure = stacked_bars(["a", "b"], [Series("s", [3, 1]), Series("t", [1, None])], title="x", share=True)
    assert re.findall(r'x="([\d.]+)%" width="([\d.]+)%"', figure) == [
        ("0", "75"),
        ("75", "25"),
        ("0", "100"),
        ("100", "0"),
    ]
    assert re.findall(r'bar-value">(\d+)', figure) == ["4", "1"]


def test_columns_stand_on_each_other() -> None:
    figure = columns(["a"], [Series("s", [30]), Series("t", [70])], title="x")
    assert re.findall(r'y="([\d.]+)%" height="([\d.]+)%"/>', figure) == [("70", "30"), ("0", "70")]


def test_a_gap_breaks_the_line_and_is_a_dash_in_the_table() -> None:
    figure = time_series(["a", "b", "c"], [Series("s", [0, None, 10])], title="x")
    (path,) = re.findall(r' d="([^"]+)"', figure)
    assert path == "M0 1000h0M1000 0h0"
    assert ">–</td>" in figure


@pytest.mark.parametrize("draw", [stacked_bars, columns, time_series])
def test_nothing_to_draw_is_no_error(draw) -> None:  # type: ignore[no-untyped-def]
    for names, values in (([], []), (["a"], [0]), (["a"], [None])):
        ElementTree.fromstring(draw(names, [Series("s", values)], title="x"))
    ElementTree.fromstring(bar_chart([], title="x"))


@given(amounts, st.integers(1, 6), st.sampled_from([natural_classes, quantile_classes]))
def test_every_value_is_in_the_class_that_its_legend_tells(values, count, make) -> None:  # type: ignore[no-untyped-def]
    classes: Classes = make(values, count)
    assert 1 <= len(classes.bounds) <= count
    for value in values:
        low, high = classes.bounds[classes.index(value)]
        assert low <= value <= high
    flat = [bound for pair in classes.bounds for bound in pair]
    assert flat == sorted(flat)


@given(st.lists(st.integers(0, 60).map(float), min_size=4, max_size=9, unique=True))
def test_natural_classes_have_the_least_variance_of_all(values: list[float]) -> None:
    ordered = sorted(values)

    def spread(groups: list[list[float]]) -> float:
        return sum(sum((v - sum(g) / len(g)) ** 2 for v in g) for g in groups if g)

    best = min(
        spread([ordered[:i], ordered[i:j], ordered[j:]])
        for i, j in combinations_with_replacement(range(len(ordered) + 1), 2)
    )
    classes = natural_classes(values, 3)
    ours = [[v for v in ordered if low <= v <= high] for low, high in classes.bounds]
    assert spread(ours) == pytest.approx(best)


@given(st.floats(0.001, 1e9))
def test_ticks_are_few_even_and_reach_the_top(largest: float) -> None:
    marks = ticks(largest)
    assert marks[0] == 0
    assert marks[-1] >= largest * 0.999999
    assert 2 <= len(marks) <= 6
    steps = [b - a for a, b in pairwise(marks)]
    assert steps == pytest.approx([steps[0]] * len(steps))
