"""Small parts of the doors: limits, sealed letters, fields of the form, texts, bodies seen as plain."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.api.answers import PROBLEMS
from services.intake.domain import strict_json
from services.intake.domain.envelopes import open_bytes, seal_bytes
from services.intake.domain.problems import Problem, problem
from services.intake.domain.rate import RateLimit
from services.intake.domain.sealing import KekRing, KekUnknown, SealBroken
from services.intake.domain.tracking import parse, tracking_code
from services.intake.front import PUBLIC_DOOR, TEXTS
from services.intake.pages import _HERE
from services.intake.pages.fields import errors_by_control, read_form, submission_fields
from shared.web.catalogue import BASE_TEXTS, Catalogue

RING = KekRing({"old": b"o" * 32, "new": b"n" * 32}, "new")
CATALOGUE = Catalogue.load(BASE_TEXTS, TEXTS)


def test_a_client_beyond_its_limit_waits_for_the_next_token() -> None:
    limit = RateLimit()
    assert [limit.allows("a", 2, 0.0) for _ in range(3)] == [True, True, False]
    assert limit.allows("b", 2, 0.0)
    assert not limit.allows("a", 2, 29.0)
    assert limit.allows("a", 2, 31.0)
    assert all(limit.allows("a", 0, 31.0) for _ in range(10))


def test_sealed_bytes_open_for_their_purpose_only() -> None:
    sealed = seal_bytes(RING, "dead-letter", b"secret")
    assert b"secret" not in sealed
    assert open_bytes(RING, "dead-letter", sealed) == b"secret"
    with pytest.raises(SealBroken):
        open_bytes(RING, "source-key", sealed)
    with pytest.raises(SealBroken):
        open_bytes(RING, "dead-letter", sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(KekUnknown):
        open_bytes(KekRing({"other": b"x" * 32}, "other"), "dead-letter", sealed)


@given(st.binary(max_size=40))
def test_any_bytes_open_or_are_refused(sealed: bytes) -> None:
    with pytest.raises((SealBroken, KekUnknown)):
        open_bytes(RING, "dead-letter", sealed)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers(-(10**20), 10**20) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), JSON, max_size=4), st.booleans())
def test_a_body_that_looks_plain_has_nothing_to_refuse(value: dict[str, Any], escaped: bool) -> None:
    import json

    body = json.dumps(value, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    if isinstance(found := strict_json.parse(body), dict):
        assert strict_json.check(found) is None


@given(st.uuids(), st.binary(min_size=32, max_size=32))
def test_every_tracking_code_is_one_that_people_can_type(report_id: UUID, key: bytes) -> None:
    code = tracking_code(key, report_id)
    assert parse(code) == code


def test_the_tracking_code_of_a_report_never_changes() -> None:
    assert tracking_code(b"\x01" * 32, UUID(int=7)) == "BGD74TX0Y8P7CMT8M"


def test_the_form_says_what_was_filled_in_and_nothing_that_does_not_apply() -> None:
    body = urlencode(
        {"key": "k", "text": "Đường vỡ", "purpose": "request", "group": "nong_dan", "place": "Cổng chợ",
         "commune": "09193", "name": " ", "admin": "1"}
    ).encode()  # fmt: skip
    values = read_form(body)
    assert values is not None
    assert submission_fields(values, {"09193": "Phường Yên Phong"}) == {
        "text": "Đường vỡ",
        "purpose": "request",
        "channel": "web",
        "place_hint": "Cổng chợ, Phường Yên Phong",
        "reporter_unit": "09193",
        "consent": False,
    }


@given(st.binary(max_size=80))
def test_any_bytes_are_a_form_or_none(body: bytes) -> None:
    assert read_form(body) is None or orjson.dumps(read_form(body))


def test_problems_stand_beside_their_controls() -> None:
    found = errors_by_control([problem("contact.phone", "wrong_format"), Problem("", "x", "Chung", "All")])
    assert found == {"phone": "Sai định dạng.", "text": "Chung"}


def test_every_text_of_the_pages_is_there() -> None:
    assert CATALOGUE.unknown_keys([_HERE]) == []
    known = CATALOGUE.keys()
    for act in ("withdraw", "erase"):
        assert all(f"receipt.{act}_{part}" in known for part in ("title", "text", "do"))


def test_problems_are_told_in_both_languages() -> None:
    assert {f"problem.{code}" for code in PROBLEMS.statuses} <= CATALOGUE.keys()
    assert not [key for key in CATALOGUE.missing("en") if key.startswith("problem.")]


def test_the_public_cannot_pretend_to_be_a_hotline() -> None:
    assert PUBLIC_DOOR.channels == {"web", "api"}
    assert not PUBLIC_DOOR.trusts_submitted_at
