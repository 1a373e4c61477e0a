"""What receivers read: codes, place, deadline, link, and no way to break a header."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from uuid import UUID

import pytest

from services.notify.domain.letter import MOST_LINES, Item, Letter, Words, write
from services.notify.senders import Parcel
from services.notify.senders.email import compose, plain
from services.notify.store.deliveries import Claimed
from services.notify.use_cases.parcels import TEXTS, ParcelMaker
from shared.units import UnitMap
from shared.web.catalogue import BASE_TEXTS, Catalogue
from shared.web.filters import datetime_vi

CATALOGUE = Catalogue.load(BASE_TEXTS, TEXTS)
AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def words(language: str = "vi") -> Words:
    return Words(
        lambda key, **values: CATALOGUE.text(key, language, **values),
        lambda kind, code: CATALOGUE.label(kind, code, language),
        datetime_vi,
    )


def case(number: int = 1, **changes: object) -> Item:
    base: dict[str, object] = {
        "subject_kind": "case", "subject_id": UUID(int=number), "category": "rac-thai", "place": "Xã Kép",
        "severity": 1, "state": "opened", "settle_by": AT, "link": f"http://h/cases/{number}",
    }  # fmt: skip
    return Item(**{**base, **changes})  # type: ignore[arg-type]


def parcel(letter: Letter, address: str = "a@example.org") -> Parcel:
    return Parcel(UUID(int=7), "digest", "mttq@u1234567", address, None, "vi", AT, letter, ())


def test_one_urgent_case_says_what_and_where_in_its_subject() -> None:
    letter = write("urgent", [case(severity=3)], words())
    assert letter.subject == "[Lắng Nghe] KHẨN CẤP: Rác thải, vệ sinh môi trường – Xã Kép"
    (line,) = letter.lines
    assert line.title.startswith("Vụ việc 0000-0001")
    assert line.details == ("Xã Kép", "Khẩn cấp", "Mới chuyển đến", "hạn giải quyết 15:00 20/11/2026")


def test_a_long_digest_lists_some_and_counts_the_rest() -> None:
    letter = write("digest", [case(n) for n in range(MOST_LINES + 7)], words())
    assert len(letter.lines) == MOST_LINES
    assert letter.more is not None
    assert "7" in letter.more


def test_warnings_tell_their_figures() -> None:
    raised = case(subject_kind="warning", observed=9, expected=2.04, severity=None, state=None)
    cleared = case(subject_kind="warning", observed=1, expected=None, severity=None, state=None)
    lines = [write("urgent", [item], words()).lines[0] for item in (raised, cleared)]
    assert "9 vụ việc, bình thường khoảng 2.0" in lines[0].details
    assert "trở lại bình thường" in lines[1].details[1]


def test_who_asks_for_english_gets_it() -> None:
    assert write("digest", [case(1), case(2)], words("en")).subject == "[Lắng Nghe] Digest: 2 notifications"


@pytest.mark.parametrize(
    ("language", "midnight", "noon"),
    [
        ("vi", "hạn giải quyết hết ngày 11/12/2026", "hạn giải quyết 12:00 11/12/2026"),
        ("en", "to be settled by the end of 11/12/2026", "to be settled by 12:00 11/12/2026"),
    ],
)
def test_a_term_that_ends_with_a_day_is_told_by_that_day(language: str, midnight: str, noon: str) -> None:
    claimed = Claimed(
        UUID(int=7), "front", "mttq@u1234567", "email", "digest", 1, AT, UUID(int=8), "a@example.org", None,
        language, active=True, moved=False,
    )  # fmt: skip
    record = dict.fromkeys(("unit", "observed", "expected", "trace_id")) | {
        "subject_kind": "case", "subject_id": UUID(int=1), "event_id": UUID(int=2), "category": "rac-thai",
        "restricted": False, "severity": 1, "state": "opened", "purpose": "request", "version": 1,
    }  # fmt: skip
    maker = ParcelMaker(UnitMap.empty, "")
    for at, told in (
        (datetime(2026, 12, 11, 17, tzinfo=UTC), midnight),
        (datetime(2026, 12, 11, 5, tzinfo=UTC), noon),
    ):
        parcel = maker.make(claimed, [record | {"settle_by": at}])  # type: ignore[list-item]
        assert parcel.letter.lines[0].details[-1] == told


def test_mail_is_the_same_message_after_a_round_trip() -> None:
    letter = write("digest", [case(1), case(2, place="<b>&</b>")], words())
    raw = compose(parcel(letter), "thong-bao@example.org").as_bytes()
    read = message_from_bytes(raw, policy=default)
    assert read["Subject"] == letter.subject
    assert read["Message-ID"] == f"<{UUID(int=7)}@example.org>"
    text, html = read.get_body(("plain",)), read.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == plain(letter)
    assert "<b>&</b>" not in html.get_content()
    assert "&lt;b&gt;" in html.get_content()


def test_a_long_subject_keeps_its_spaces() -> None:
    for place in ("Xã Xuân Lương", "Xã Đồng Kỳ", "Phường Phương Liễu"):
        letter = write("digest", [case(category="an-toan-giao-thong", place=place)], words())
        raw = compose(parcel(letter), "thong-bao@example.org").as_bytes()
        assert message_from_bytes(raw, policy=default)["Subject"] == letter.subject


def test_a_line_break_in_a_name_is_a_space_in_the_subject() -> None:
    letter = write("digest", [case(place="x\r\nBcc: victim@example.org")], words())
    message = compose(parcel(letter), "thong-bao@example.org")
    assert message["Subject"].endswith("x Bcc: victim@example.org")
    assert message["Bcc"] is None


def test_a_line_break_in_an_address_makes_no_message() -> None:
    letter = write("digest", [case()], words())
    with pytest.raises(ValueError, match="linefeed or carriage return"):
        compose(parcel(letter, "a@example.org\r\nBcc: victim@example.org"), "thong-bao@example.org")


def test_pages_ask_only_for_texts_that_there_are() -> None:
    assert CATALOGUE.unknown_keys([Path(TEXTS).parent / "templates"]) == []
    mail = {key for key in CATALOGUE.keys("vi") if key.startswith(("mail.", "problem."))}
    assert mail <= CATALOGUE.keys("en")
