"""Sheets as people fill them in: separators, headings, days, and what a spreadsheet might run."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.problems import Problem
from services.intake.domain.sheet import COLUMNS, BadRow, Row, neutralised, read_sheet, written
from services.intake.domain.submission import Contact, Observation, Submission

KEY = b"k" * 32


def rows(text: str, encoding: str = "utf-8") -> list[Row | BadRow]:
    found = read_sheet(text.encode(encoding), KEY)
    assert not isinstance(found, Problem), found
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("heading", ["Nội dung", "NỘI DUNG ", "noi dung", "text"])
def test_headings_are_understood_in_either_language(encoding: str, mark: str, heading: str) -> None:
    (row,) = rows(f"Mã{mark}{heading}\r\nA1{mark}Mất nước\r\n", encoding)
    assert row == Row(2, "A1", {"text": "Mất nước"})


def test_words_days_and_counts_become_fields() -> None:
    (row,) = rows(
        "text;Loại;Nhóm;Thái độ;Mức độ;Số người;Nghe lại;Ngày xảy ra;Điện thoại;Đồng ý\n"
        "a;Phản ánh tình hình;Nông dân;Băn khoăn;Một số;12;x;24/11/2026 07:30;0900000145;có\n"
    )
    assert isinstance(row, Row)
    assert row.fields == {
        "text": "a",
        "purpose": "observation",
        "observation": {
            "group": "nong_dan",
            "stance": "ban_khoan",
            "breadth": "mot_so",
            "people": 12,
            "second_hand": True,
        },
        "occurred_at": "2026-11-24T07:30:00+07:00",
        "contact": {"phone": "0900000145"},
        "consent": True,
    }


def test_a_row_without_an_id_is_named_by_its_content() -> None:
    first, second, other = rows("text\na\na\nb\n")
    assert first.key == second.key != other.key


def test_rows_keep_the_numbers_of_the_spreadsheet() -> None:
    assert [row.number for row in rows('text\n"two\nlines"\n\nfour\n')] == [2, 4]


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        ("a;x;", "observation.people", "wrong_type"),
        ("a;;31/02/2026", "occurred_at", "time_malformed"),
        ("a;;;;;;;b", "", "row_too_long"),
    ],
)
def test_a_cell_that_cannot_be_read_refuses_its_row(line: str, field: str, code: str) -> None:
    (row,) = rows(f"text;Số người;Ngày xảy ra\n{line}\n")
    assert isinstance(row, BadRow)
    assert [(p.field, p.code) for p in row.problems] == [(field, code)]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_no_cell_that_we_write_is_a_formula(cell: str) -> None:
    (back,) = csv.reader(io.StringIO(written(iter([[cell, "x"]])).decode("utf-8-sig"), newline=""))
    assert back[0].removeprefix("'") == cell.removeprefix("'")
    assert not back[0].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert neutralised(neutralised(cell)) == neutralised(cell)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    found = read_sheet(b"text;id\n" + content, KEY)
    assert isinstance(found, Problem | list)


def test_every_column_is_a_field_of_a_submission() -> None:
    known = {
        *Submission.model_fields,
        *(f"contact.{name}" for name in Contact.model_fields),
        *(f"observation.{name}" for name in Observation.model_fields),
    }
    assert set(COLUMNS) - {"id"} <= known
