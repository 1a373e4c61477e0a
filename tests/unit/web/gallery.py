"""Sample pages with invented figures: the tests render them, and a developer may look at them.

`python -m tests.unit.web.gallery FOLDER` writes them for a browser, the static files beside.
"""

import json
import random
import shutil
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from shared.contracts.vocabulary import CATEGORIES, STANCES
from shared.web import officer_nav
from shared.web.catalogue import BASE_TEXTS, Catalogue
from shared.web.charts import Bar, Series, bar_chart, columns, stacked_bars, time_series
from shared.web.choropleth import BaseMap, base_map, choropleth
from shared.web.filters import day_month_vi
from shared.web.static_files import STATIC_DIR
from shared.web.templating import environment

PAGES = Path(__file__).parent / "pages"
BOUNDARIES = Path(__file__).parents[3] / "services/aggregation/data/boundaries/communes-24.geojson"
NOW = datetime(2026, 11, 24, 7, 5, tzinfo=UTC)
NASTY = '<script>alert("x")</script>'


def commune_map() -> BaseMap:
    return base_map(json.loads(BOUNDARIES.read_text(encoding="utf-8")))


def contexts() -> dict[str, dict[str, Any]]:
    """Context of each page, by the template's name."""
    drawn = drawings()
    cases = [_case(i) for i in range(6)]
    history = [
        {"title": "Tiếp nhận", "at": NOW - timedelta(days=3), "by": "Zalo", "tone": "good"},
        {
            "title": "Chuyển Phường Yên Phong",
            "at": NOW - timedelta(days=3) + timedelta(seconds=4),
            "reasons": ["rac-thai (phiên bản 3): «rác», «bốc mùi»", "Nơi xảy ra: tên trong nội dung"],
        },
        {
            "title": "Phường Yên Phong thụ lý",
            "at": NOW - timedelta(days=1),
            "text": "Hẹn dọn trước 25/11.",
            "current": True,
        },
    ]
    rows = [
        ("Rác thải, vệ sinh môi trường", 412, 350),
        ("Đường, cầu, vỉa hè", 301, 322),
        ("Nước sạch", 88, 0),
    ]
    return {
        "form.html": {
            "values": {"purpose": "request", "text": NASTY, "phone": "09"},
            "errors": {"phone": "Số điện thoại cần có 10 chữ số."},
        },
        "cases.html": {"cases": cases, "total": 1834, "now": NOW},
        "case.html": {"case": cases[0], "history": history, "now": NOW},
        "dashboard.html": drawn,
        "report.html": drawn | {"day": date(2026, 11, 23), "rows": rows},
    }


def _case(i: int) -> dict[str, Any]:
    titles = (
        "Rác thải ùn ứ ở chợ Núi, bốc mùi hôi",
        "Đèn đường hỏng từ đầu ngõ",
        NASTY,
        "Nước máy đục",
        "Ngập sau mưa",
        "Ổ gà",
    )
    return {
        "id": f"c{i}",
        "title": titles[i],
        "text": "Rác để ba ngày chưa ai dọn.\nBà con đã báo hai lần, gọi [điện thoại].",
        "unit": ("Phường Yên Phong", "Phường Lương Tài", "Xã Tam Đa")[i % 3],
        "state": ("accepted", "triage", "opened", "answered", "escalated", "noted")[i],
        "severity": i % 4,
        "due": NOW + timedelta(hours=(30, 5, -50, 90, -2, 200)[i]),
        "at": NOW - timedelta(hours=3**i),
    }


def drawings() -> dict[str, Any]:
    """Map and charts of the dashboard, from dice with a fixed seed."""
    dice = random.Random(24)
    base = commune_map()
    values: dict[str, float | None] = {a.code: int(dice.lognormvariate(2.4, 0.9)) for a in base.areas}
    values.update(dict.fromkeys((a.code for a in base.areas[::25]), None))
    return {
        "map": choropleth(
            base,
            values,
            title="Ý kiến theo xã, phường",
            unit="ý kiến",
            href=lambda code: f"/units/{code}",
            selected="09193",
        ),
        **_charts(dice, Catalogue.load(BASE_TEXTS)),
    }


def _charts(dice: random.Random, texts: Catalogue) -> dict[str, Any]:
    days = [day_month_vi(date(2026, 10, 26) + timedelta(days=i)) for i in range(28)]
    received = [dice.randint(30, 90) for _ in days]
    observed = [dice.randint(12, 36) for _ in days]
    answered = [None if i == 9 else dice.randint(20, 70) for i in range(len(days))]
    counts = sorted((dice.randint(5, 400) for _ in range(8)), reverse=True)
    bars = [
        Bar(texts.label("category", category), count, f"/cases?category={category}")
        for category, count in zip(CATEGORIES, counts, strict=False)
    ]
    stances = [
        Series(texts.label("stance", stance), [dice.randint(2, 30) for _ in range(3)]) for stance in STANCES
    ]
    groups = [texts.label("group", group) for group in ("nong_dan", "cong_nhan", "tieu_thuong")]
    purposes = [
        Series(texts.label("purpose", "request"), received),
        Series(texts.label("purpose", "observation"), observed),
    ]
    flow = [Series("Tiếp nhận", received), Series("Đã trả lời", answered)]
    return {
        "categories": bar_chart(bars, title="Lĩnh vực nhiều ý kiến"),
        "stance": stacked_bars(groups, stances, title="Thái độ theo nhóm", share=True),
        "days": columns(days, purposes, title="Ý kiến theo ngày"),
        "lines": time_series(days, flow, title="Tiếp nhận và trả lời"),
    }


def render() -> dict[str, str]:
    """Every sample page as HTML, by the template's name."""
    env = environment(PAGES, nav=officer_nav())
    return {name: env.get_template(name).render(context) for name, context in contexts().items()}


def write(folder: Path) -> None:
    """The pages as files with relative links to a copy of the static files."""
    shutil.copytree(STATIC_DIR, folder / "static", dirs_exist_ok=True)
    for name, html in render().items():
        (folder / name).write_text(html.replace('="/static/', '="static/'), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
