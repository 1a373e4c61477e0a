"""What can be wrong with a submission, said in the reporter's language.

A `Problem` never quotes the value that was refused: it may be personal data, and problems are logged
and sent back over channels that are not sealed.
"""

import re
from dataclasses import dataclass
from typing import Final

_PLAIN_PATH = re.compile(r"[A-Za-z_.]{1,60}")


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a submission was refused.

    `field` is the dotted path in the submission ("contact.email"), or "" for the body as a whole;
    `code` is stable and meant for programs; the two messages are meant for people.
    """

    field: str
    code: str
    message_vi: str
    message_en: str


MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "json_malformed": ("Nội dung không phải JSON hợp lệ.", "The body is not valid JSON."),
    "json_not_object": ("Nội dung phải là một đối tượng JSON.", "The body must be a JSON object."),
    "json_duplicate_key": ("Một trường bị lặp lại.", "A field occurs twice."),
    "json_too_deep": ("Nội dung lồng quá 32 cấp.", "The body is nested deeper than 32 levels."),
    "number_out_of_range": ("Số quá lớn.", "The number is out of range."),
    "invalid_unicode": ("Có ký tự không hợp lệ.", "There is a character that is not valid Unicode text."),
    "nul_character": ("Có ký tự NUL (U+0000).", "There is a NUL character (U+0000)."),
    "missing": ("Thiếu trường này.", "This field is required."),
    "unknown_field": ("Trường này không được dùng.", "This field is not known."),
    "wrong_type": ("Sai kiểu dữ liệu.", "The value has the wrong type."),
    "not_in_list": (
        "Giá trị không có trong danh sách: {expected_vi}.",
        "The value must be one of {expected}.",
    ),
    "too_small": ("Giá trị quá nhỏ.", "The value is too small."),
    "too_large": ("Giá trị quá lớn.", "The value is too large."),
    "text_empty": ("Chưa có nội dung.", "The text is empty."),
    "too_long": ("Dài quá {max_length} ký tự.", "Longer than {max_length} characters."),
    "wrong_format": ("Sai định dạng.", "The value does not have the expected format."),
    "no_utc_offset": (
        "Thời điểm phải kèm múi giờ, ví dụ 2026-03-01T08:00:00+07:00.",
        "The time needs its UTC offset, for example 2026-03-01T08:00:00+07:00.",
    ),
    "time_malformed": ("Thời điểm không đúng dạng ISO 8601.", "The time is not ISO 8601 (RFC 3339)."),
    "time_out_of_range": (
        "Thời điểm ngoài khoảng năm 1900 đến 2100.",
        "The time lies outside the years 1900 to 2100.",
    ),
    "observation_missing": (
        "Phản ánh tình hình phải có phần quan sát.",
        "A report whose purpose is observation needs the observation.",
    ),
    "observation_unexpected": (
        "Yêu cầu giải quyết không có phần quan sát.",
        "A report whose purpose is request carries no observation.",
    ),
    "consent_missing": (
        "Cần sự đồng ý của người gửi để lưu thông tin liên hệ.",
        "Contact details can be kept only with the reporter's consent.",
    ),
    "sheet_not_utf8": ("Bảng không phải mã UTF-8.", "The sheet is not UTF-8."),
    "sheet_malformed": ("Bảng không đúng dạng CSV.", "The sheet is not CSV."),
    "sheet_too_long": ("Bảng có hơn {most} dòng.", "The sheet has more than {most} rows."),
    "sheet_without_text": (
        "Dòng đầu không có cột Nội dung.",
        "The first row names no column for the text.",
    ),
    "sheet_column_twice": ("Một cột bị lặp lại.", "A column occurs twice."),
    "row_too_long": ("Dòng có nhiều ô hơn dòng đầu.", "The row has more cells than the first row."),
    "key_reused": (
        "Mã này đã dùng cho một nội dung khác.",
        "This id was used with other contents.",
    ),
    "channel_not_allowed": (
        "Nguồn này không được gửi qua kênh đó.",
        "This sender may not use that channel.",
    ),
}


def problem(field: str, code: str, **context: object) -> Problem:
    """Build the problem `code` of `field`; `context` fills the placeholders of its messages.

    Field names come from outside: one that is no plain name could smuggle personal data, and is left out.
    """
    vietnamese, english = MESSAGES[code]
    named = field if _PLAIN_PATH.fullmatch(field) else ""
    return Problem(named, code, vietnamese.format(**context), english.format(**context))
