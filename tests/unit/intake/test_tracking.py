"""Tracking codes: the same for a report, read out and typed back by people."""

from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from services.intake.domain.tracking import ALPHABET, CODE_LENGTH, code_hash, parse, show, tracking_code

KEY = b"k" * 32
CODES = st.uuids().map(lambda report_id: tracking_code(KEY, report_id))


@given(st.uuids())
def test_a_report_has_one_code_and_it_can_be_typed_as_shown(report_id: UUID) -> None:
    code = tracking_code(KEY, report_id)
    assert code == tracking_code(KEY, report_id)
    assert len(code) == CODE_LENGTH
    assert parse(show(code)) == code
    assert code != tracking_code(b"another key", report_id)


@given(CODES, st.integers(0, CODE_LENGTH - 1), st.sampled_from(ALPHABET))
def test_any_single_wrong_character_is_noticed(code: str, position: int, letter: str) -> None:
    assume(code[position] != letter)
    assert parse(code[:position] + letter + code[position + 1 :]) is None


@given(CODES, st.integers(0, CODE_LENGTH - 2))
def test_any_swap_of_neighbours_is_noticed(code: str, position: int) -> None:
    first, second = code[position], code[position + 1]
    assume(first != second)
    assert parse(code[:position] + second + first + code[position + 2 :]) is None


@given(CODES)
def test_case_spaces_and_lookalike_letters_are_forgiven(code: str) -> None:
    typed = code.lower().replace("0", "o").replace("1", "l")
    assert parse("  ".join(typed)) == code
    assert parse(typed.upper().replace("L", "i") + "\n") == code


@given(st.text(max_size=80))
def test_anything_typed_is_a_code_or_none(typed: str) -> None:
    code = parse(typed)
    assert code is None or set(code) <= set(ALPHABET)


@given(CODES)
def test_the_store_holds_a_keyed_hash(code: str) -> None:
    assert code_hash(KEY, code) == code_hash(KEY, code)
    assert len(code_hash(KEY, code)) == 32
    assert code_hash(KEY, code) != code_hash(b"another key", code)
