"""What comes in and what is refused at intake's doors."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain import strict_json
from services.intake.domain import submission as shapes
from services.intake.domain.clean import clean, clean_line
from services.intake.domain.problems import MESSAGES, Problem
from services.intake.domain.submission import (
    MAX_TEXT,
    Accepted,
    Door,
    body_hash,
    check_submission,
    decide,
)
from services.intake.domain.times import TimeFlag
from shared.contracts import vocabulary

NOW = datetime(2026, 3, 1, 17, 30, tzinfo=UTC)
SOURCE, PUBLIC = Door(trusts_submitted_at=True), Door(trusts_submitted_at=False)
GOOD: dict[str, Any] = {"text": "Đèn đường hỏng", "channel": "web"}
OBSERVED = {
    "group": "nong_dan",
    "stance": "ban_khoan",
    "breadth": "nhieu",
    "people": 12,
    "second_hand": False,
}


def judged(body: bytes, door: Door) -> Accepted | tuple[Problem, ...]:
    """As the doors decide on a JSON body."""
    fields = strict_json.parse(body)
    return (fields,) if isinstance(fields, Problem) else decide(fields, door, NOW)


def accepted(fields: dict[str, Any], door: Door = PUBLIC) -> Accepted:
    result = judged(orjson.dumps(fields), door)
    assert isinstance(result, Accepted), result
    return result


def refused(fields: dict[str, Any] | bytes, door: Door = PUBLIC) -> set[tuple[str, str]]:
    body = fields if isinstance(fields, bytes) else orjson.dumps(fields)
    result = judged(body, door)
    assert isinstance(result, tuple)
    assert all(problem.message_vi and problem.message_en for problem in result)
    return {(problem.field, problem.code) for problem in result}


def test_a_plain_report_gets_the_defaults_and_the_clock() -> None:
    result = accepted(GOOD)
    assert (result.submission.purpose, result.submission.language) == ("request", "vi")
    assert result.times.submitted_at == result.times.received_at == NOW
    assert result.times.report_date == date(2026, 3, 2), "half past midnight in Bắc Ninh is the next day"


def test_everything_that_may_be_told_is_kept() -> None:
    fields = GOOD | {
        "purpose": "observation",
        "observation": OBSERVED,
        "channel": "collaborator",
        "organisation": "nong_dan",
        "reporter_unit": "09193",
        "coordinates": {"latitude": 21, "longitude": 106.07},
        "contact": {"name": " Người  Gửi\r\n", "phone": "0900 000 145", "email": "a@example.vn"},
        "consent": True,
        "occurred_at": "2026-02-27T08:00:00+07:00",
        "language": "en",
        "place_hint": "Yên Phong",
    }
    result = accepted(fields)
    assert result.submission.contact is not None
    assert result.submission.contact.name == "Người Gửi"
    assert result.submission.observation is not None
    assert result.submission.observation.people == 12
    assert result.times.occurred_at == datetime(2026, 2, 27, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"text": "  \u200b\n "}, ("text", "text_empty")),
        ({"text": "a" * (MAX_TEXT + 1)}, ("text", "too_long")),
        ({"text": 7}, ("text", "wrong_type")),
        ({"text": None}, ("text", "wrong_type")),
        ({"text": "a\0b"}, ("text", "nul_character")),
        ({"channel": "pigeon"}, ("channel", "not_in_list")),
        ({"purpose": "observation"}, ("observation", "observation_missing")),
        ({"observation": OBSERVED}, ("observation", "observation_unexpected")),
        (
            {"purpose": "observation", "observation": OBSERVED | {"people": 0}},
            ("observation.people", "too_small"),
        ),
        (
            {"purpose": "observation", "observation": OBSERVED | {"people": True}},
            ("observation.people", "wrong_type"),
        ),
        ({"contact": {"name": "A"}}, ("consent", "consent_missing")),
        ({"contact": {"email": "a b@c.vn"}, "consent": True}, ("contact.email", "wrong_format")),
        ({"contact": {"phone": "call me"}, "consent": True}, ("contact.phone", "wrong_format")),
        ({"consent": "yes"}, ("consent", "wrong_type")),
        ({"coordinates": {"latitude": 91, "longitude": 0}}, ("coordinates.latitude", "too_large")),
        ({"reporter_unit": "9193"}, ("reporter_unit", "wrong_format")),
        ({"reporter_unit": "٠٩١٩٣"}, ("reporter_unit", "wrong_format")),
        ({"organisation": "dang"}, ("organisation", "not_in_list")),
        ({"role": "admin"}, ("role", "unknown_field")),
        ({"occurred_at": "2026-02-27T08:00:00"}, ("occurred_at", "no_utc_offset")),
        ({"occurred_at": 1_700_000_000}, ("occurred_at", "wrong_type")),
        ({"occurred_at": "hôm qua"}, ("occurred_at", "time_malformed")),
        ({"occurred_at": "2026-02-30T08:00:00Z"}, ("occurred_at", "time_malformed")),
        ({"submitted_at": "9999-12-31T23:59:59-12:00"}, ("submitted_at", "time_out_of_range")),
        ({"submitted_at": "0001-01-01T00:00:00+14:00"}, ("submitted_at", "time_out_of_range")),
    ],
)
def test_a_refusal_names_the_field_and_the_reason(change: dict[str, Any], problem: tuple[str, str]) -> None:
    assert refused(GOOD | change) == {problem}


def test_all_problems_are_told_at_once() -> None:
    assert refused({"channel": "x", "consent": 1}) == {
        ("text", "missing"),
        ("channel", "not_in_list"),
        ("consent", "wrong_type"),
    }


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"text":"a","text":"b","channel":"web"}', "json_duplicate_key"),
        (b'{"text": NaN}', "json_malformed"),
        (b'{"text": 1e400}', "number_out_of_range"),
        (b'{"text": -1e400}', "number_out_of_range"),
        (b'{"text": ' + b"9" * 40 + b"}", "number_out_of_range"),
        (b'{"text": ' + b"9" * 100_000 + b"}", "number_out_of_range"),
        (b'{"text": "\xff"}', "invalid_unicode"),
        (b'{"text": "\\ud800"}', "invalid_unicode"),
        (b'{"text": "\\ud83d a"}', "invalid_unicode"),
        (b'{"a\\u0000b": 1}', "nul_character"),
        (b'{"text": "a"} x', "json_malformed"),
        (b"", "json_malformed"),
        (b"[]", "json_not_object"),
        (b'{"text":' + b"[" * 10_000 + b"]" * 10_000 + b"}", "json_too_deep"),
        (b'{"text":' + b"[" * 32 + b"]" * 32 + b"}", "json_too_deep"),
    ],
)
def test_hostile_json_is_refused_with_its_reason(body: bytes, code: str) -> None:
    assert {found for _, found in refused(body)} == {code}


def test_thirty_two_levels_are_read() -> None:
    assert refused(b'{"text":' + b"[" * 31 + b"]" * 31 + b"}") == {
        ("text", "wrong_type"),
        ("channel", "missing"),
    }


def test_a_lone_surrogate_from_a_sheet_is_refused() -> None:
    result = check_submission({"text": "a\ud800", "channel": "bulk"}, SOURCE, NOW)
    assert isinstance(result, tuple)
    assert [found.code for found in result] == ["invalid_unicode"]


def test_problems_do_not_repeat_what_was_sent() -> None:
    secret = "0900000145"
    result = judged(orjson.dumps({secret: secret, "text": 1, "channel": secret}), PUBLIC)
    assert secret not in repr(result)


def test_only_trusted_senders_set_the_submission_time() -> None:
    told = GOOD | {"submitted_at": "2026-02-01T08:00:00+07:00"}
    assert accepted(told, SOURCE).times.submitted_at == datetime(2026, 2, 1, 1, tzinfo=UTC)
    assert accepted(told, PUBLIC).times.submitted_at == NOW


def test_a_future_submission_is_clamped_and_flagged() -> None:
    times = accepted(GOOD | {"submitted_at": "2027-01-01T00:00:00Z"}, SOURCE).times
    assert (times.submitted_at, times.flags) == (NOW, ("future_dated",))


def test_a_future_event_is_clamped_and_flagged() -> None:
    times = accepted(GOOD | {"occurred_at": "2026-04-01T00:00:00Z"}).times
    assert (times.occurred_at, times.flags) == (NOW, ("future_dated",))


def test_before_2024_by_local_date_goes_to_a_person() -> None:
    last_minute = accepted(GOOD | {"submitted_at": "2023-12-31T16:59:00Z"}, SOURCE).times
    first_minute = accepted(GOOD | {"submitted_at": "2023-12-31T17:00:00Z"}, SOURCE).times
    assert (last_minute.flags, first_minute.flags) == (("before_2024",), ())


def test_a_door_takes_only_its_own_channels() -> None:
    door = Door(trusts_submitted_at=False, channels=frozenset({"zalo"}))
    assert refused(GOOD, door) == {("channel", "channel_not_allowed")}


@given(st.datetimes(timezones=st.timezones()))
def test_times_never_lie_in_the_future(told: datetime) -> None:
    result = judged(orjson.dumps(GOOD | {"submitted_at": told.isoformat()}), SOURCE)
    if isinstance(result, Accepted):
        assert result.times.submitted_at <= NOW
        assert abs(result.times.report_date - result.times.submitted_at.date()) <= timedelta(days=1)


@given(st.binary(max_size=200))
def test_any_bytes_get_an_answer(body: bytes) -> None:
    assert isinstance(judged(body, PUBLIC), Accepted | tuple)


@given(st.text())
def test_cleaned_text_holds_nothing_invisible_and_cleaning_it_again_changes_nothing(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert all(letter.isprintable() or letter in "\n\t" or ord(letter) > 0x7F for letter in cleaned)
    assert "\n" not in clean_line(text)


def test_cleaning_keeps_lines_and_the_unicode_form() -> None:
    decomposed = "Que\u0302\u0301 Vo\u0303"
    assert clean(f" \u202e{decomposed}\r\nhai\u2028ba\x1b[31m\ufeff ") == f"{decomposed}\nhai\nba[31m"


def test_the_body_hash_sees_values_and_not_their_order() -> None:
    one = body_hash(b"k", {"text": "a", "channel": "web"})
    assert one == body_hash(b"k", {"channel": "web", "text": "a"})
    assert one != body_hash(b"k", {"channel": "web", "text": "a "})
    assert one != body_hash(b"other", {"text": "a", "channel": "web"})


def test_every_message_is_said_in_two_languages() -> None:
    assert all(vietnamese and english and vietnamese != english for vietnamese, english in MESSAGES.values())
    assert Problem("", "missing", *MESSAGES["missing"]).message_en


@pytest.mark.parametrize("name", ["Channel", "Organisation", "Group", "Stance", "Breadth"])
def test_what_comes_in_and_what_is_published_share_their_words(name: str) -> None:
    assert set(get_args(getattr(shapes, name))) == set(get_args(getattr(vocabulary, name)))


def test_time_flags_are_those_of_the_events() -> None:
    assert set(get_args(TimeFlag)) == set(get_args(vocabulary.TimeFlag))
