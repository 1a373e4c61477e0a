"""What leaves the service is what the allow-list names; and templates ask for no text that is not there."""

from datetime import UTC, date, datetime

from services.aggregation.domain.surge import Cleared, Detector, Raised, Reading, Series, warning_id
from services.aggregation.pages import TEMPLATES
from services.aggregation.publish import warning_cleared, warning_raised
from shared.web.catalogue import BASE_TEXTS, Catalogue

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
SERIES = Series("uwest00001", "tham-nhung-tieu-cuc", restricted=True)
PATH = ("uwest00001", "uprovince1")


def test_a_raised_warning_says_where_what_and_by_how_much() -> None:
    ident = warning_id(SERIES, DAY, Detector())
    event = warning_raised(Raised(ident, SERIES, DAY, Reading(9, 2.0, 3.5, True)), PATH, Detector(), NOW)
    assert event.model_dump(mode="json") == {
        "warning_id": str(ident),
        "unit": "uwest00001",
        "path": list(PATH),
        "category": "tham-nhung-tieu-cuc",
        "window_start": "2026-11-20",
        "window_end": "2026-11-20",
        "detector": "ears-c2:7:2:3.0:restricted",
        "restricted": True,
        "decided_at": "2026-11-20T03:00:00Z",
        "observed": 9,
        "expected": 2.0,
        "threshold": 3.5,
    }


def test_a_cleared_warning_is_the_same_warning() -> None:
    ident = warning_id(SERIES, DAY, Detector())
    event = warning_cleared(Cleared(ident, SERIES, DAY, 1), PATH, Detector(), NOW)
    assert (event.warning_id, event.window_start, event.observed, event.restricted) == (ident, DAY, 1, True)
    assert event.key == "uwest00001"


def test_templates_ask_for_known_texts_only() -> None:
    assert Catalogue.load(BASE_TEXTS).unknown_keys([TEMPLATES]) == []
