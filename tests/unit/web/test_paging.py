"""Where a page begins and how long it is, as anybody may type it."""

from uuid import UUID

import pytest

from shared.web.paging import MOST, cursor, limit


@pytest.mark.parametrize("text", ["1", "50", "0050", str(MOST)])
def test_a_number_of_rows(text: str) -> None:
    assert limit(text) == int(text)


@pytest.mark.parametrize("text", ["0", "-1", str(MOST + 1), "000001999999999", "1e2", "٣", " 5", "5 ", ""])
def test_what_is_no_number_of_rows(text: str) -> None:
    assert limit(text) is None


def test_a_cursor_is_an_id() -> None:
    some = "018f3f2a-0000-7000-8000-000000000001"
    assert cursor(some) == UUID(some)
    assert cursor("somewhere") is None
