"""Sheets of reports (CSV) as collaborators and communes fill them in: rows read, cells understood.

A row is numbered as a spreadsheet shows it: the header is row 1. Nothing here refuses a sheet for a row's
sake; a sheet is refused only where its rows cannot be told apart.
"""

import csv
import hmac
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

import orjson

from services.intake.domain.candidate import plain_key
from services.intake.domain.problems import Problem, problem
from services.intake.domain.redaction.view import view
from shared.local_time import LOCAL

MAX_ROWS: Final = 5_000
COLUMNS: Final[dict[str, tuple[str, str]]] = {
    "id": ("Mã", "id"),
    "text": ("Nội dung", "text"),
    "place_hint": ("Địa điểm", "place"),
    "reporter_unit": ("Mã xã", "commune_code"),
    "purpose": ("Loại", "purpose"),
    "channel": ("Kênh", "channel"),
    "organisation": ("Tổ chức", "organisation"),
    "observation.group": ("Nhóm", "group"),
    "observation.stance": ("Thái độ", "stance"),
    "observation.breadth": ("Mức độ", "breadth"),
    "observation.people": ("Số người", "people"),
    "observation.second_hand": ("Nghe lại", "second_hand"),
    "occurred_at": ("Ngày xảy ra", "occurred_at"),
    "submitted_at": ("Ngày phản ánh", "submitted_at"),
    "contact.name": ("Họ tên", "name"),
    "contact.phone": ("Điện thoại", "phone"),
    "contact.email": ("Email", "email"),
    "contact.address": ("Địa chỉ", "address"),
    "consent": ("Đồng ý", "consent"),
}
"""Field of a submission -> column in Vietnamese and in English."""
_CODES = frozenset(
    {"purpose", "channel", "organisation", "observation.group", "observation.stance", "observation.breadth"}
)
_SAID = {"de_nghi_giai_quyet": "request", "yeu_cau": "request", "phan_anh_tinh_hinh": "observation"}
_YES = frozenset({"x", "1", "co", "true", "yes"})
_NO = frozenset({"", "0", "khong", "false", "no"})
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:\s+(\d{1,2}):(\d\d))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its number, its key within the source, and the fields of a submission."""

    number: int
    key: str
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be read as fields; the problem's field is the submission's."""

    number: int
    key: str
    problems: tuple[Problem, ...]


def read_sheet(content: bytes, key: bytes) -> list[Row | BadRow] | Problem:
    """The sheet's rows, empty ones left out. `key` keys the hash that names a row without an id."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return problem("", "sheet_not_utf8")
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error:
        return problem("", "sheet_malformed")
    if len(lines) > MAX_ROWS + 1:
        return problem("", "sheet_too_long", most=MAX_ROWS)
    header = _header(lines[0]) if lines else ()
    if "text" not in header:
        return problem("", "sheet_without_text")
    if len(set(filter(None, header))) < len([name for name in header if name]):
        return problem("", "sheet_column_twice")
    return [
        _row(number, dict(zip(header, cells, strict=False)), len(cells) > len(header), key)
        for number, cells in enumerate(lines[1:], start=2)
        if any(cell.strip() for cell in cells)
    ]


def column(field: str, language: str = "vi") -> str:
    """The heading under which somebody finds a submission's field."""
    names = COLUMNS.get(field)
    return names[language == "en"] if names else field


def _delimiter(text: str) -> str:
    head = text.split("\n", 1)[0]
    return max(",;\t", key=lambda mark: sum(1 for name in _header(head.split(mark)) if name))


def _header(cells: Sequence[str]) -> tuple[str | None, ...]:
    known = {slug(name): field for field, names in COLUMNS.items() for name in names}
    return tuple(known.get(slug(cell.strip('"'))) for cell in cells)


def slug(text: str) -> str:
    """ "Nội dung" -> "noi_dung"."""
    return "_".join(view(text).folded.split())


def _row(number: int, cells: dict[str | None, str], too_many: bool, key: bytes) -> Row | BadRow:
    told = {field: cell.strip() for field, cell in cells.items() if field and cell.strip()}
    own = told.pop("id", "")
    name = (
        own or "row-" + hmac.digest(key, orjson.dumps(told, option=orjson.OPT_SORT_KEYS), "sha256").hex()[:32]
    )
    if too_many:
        return BadRow(number, name, (problem("", "row_too_long"),))
    if own and not plain_key(own):
        return BadRow(number, "row-" + hmac.digest(key, own.encode("utf-8", "replace"), "sha256").hex()[:32],
                      (problem("id", "wrong_format"),))  # fmt: skip
    fields: dict[str, object] = {}
    problems: list[Problem] = []
    for field, cell in told.items():
        value = _value(field, cell)
        if isinstance(value, Problem):
            problems.append(value)
        else:
            _put(fields, field, value)
    return BadRow(number, name, tuple(problems)) if problems else Row(number, name, fields)


def _put(fields: dict[str, object], field: str, value: object) -> None:
    part, dot, name = field.partition(".")
    if not dot:
        fields[field] = value
        return
    inner = fields.setdefault(part, {})
    if isinstance(inner, dict):
        inner[name] = value


def _value(field: str, cell: str) -> object | Problem:
    if field in _CODES:
        return _SAID.get(slug(cell), slug(cell))
    if field in ("consent", "observation.second_hand"):
        said = slug(cell)
        return said in _YES if said in _YES | _NO else problem(field, "wrong_type")
    if field == "observation.people":
        return (
            int(cell)
            if cell.isascii() and cell.isdecimal() and len(cell) < 10
            else problem(field, "wrong_type")
        )
    if field in ("occurred_at", "submitted_at"):
        return _instant(field, cell)
    return cell


def _instant(field: str, cell: str) -> str | Problem:
    """A day or time as people write it here, local time, as RFC 3339; RFC 3339 is left as it is."""
    shape = _DAY.fullmatch(cell)
    if shape is None:
        return cell
    day, month, year, hour, minute = (int(part or 0) for part in shape.groups())
    try:
        at = datetime.combine(date(year, month, day), time(hour, minute), LOCAL)
    except ValueError:
        return problem(field, "time_malformed")
    return at.isoformat()


def neutralised(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: what starts like one gets an apostrophe before it."""
    return "'" + cell if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else cell


def written(rows: Iterator[Sequence[str]]) -> bytes:
    """Rows as CSV with BOM, so that spreadsheets read Vietnamese; every cell neutralised."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([neutralised(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")
