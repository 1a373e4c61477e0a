"""The sheet of recipients: a bad row refuses itself only, and no address can smuggle anything."""

import pytest

from services.notify.domain.addresses import is_mailbox, is_webhook_url, masked
from services.notify.use_cases.load_recipients import Refused, read_rows

GOOD = {"id": "front", "body": "mttq@u1234567", "channel": "email", "address": "front@example.org"}
HOOK = {**GOOD, "id": "hook", "channel": "webhook", "address": "https://example.org/x", "secret_id": "h1"}


def test_good_rows_are_read_with_their_defaults() -> None:
    rows, refused = read_rows([GOOD, HOOK])
    assert not refused
    assert [(r.id, r.policy, r.active, r.language) for r in rows] == [
        ("front", "digest", True, "vi"),
        ("hook", "digest", True, "vi"),
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id", ""), ("id", "Có dấu"), ("body", "mttq"), ("body", "MTTQ@u1234567"), ("channel", "sms"),
        ("address", "a@b\r\nBcc: c@d"), ("address", "nobody"), ("policy", "never"), ("active", "maybe"),
        ("language", "fr"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_by_number_and_column(column: str, value: str) -> None:
    rows, refused = read_rows([GOOD, {**GOOD, "id": "other", column: value}, HOOK])
    assert [r.id for r in rows] == ["front", "hook"]
    assert refused == (Refused(2, column),)


def test_an_id_twice_and_a_webhook_without_a_secret_are_refused() -> None:
    assert read_rows([GOOD, GOOD])[1] == (Refused(2, "id"),)
    assert read_rows([{**HOOK, "secret_id": ""}])[1] == (Refused(1, "secret_id"),)


@pytest.mark.parametrize(
    "address",
    ["a@b\n", "a@b,c@d", "A <a@b.c>", "a b@c.d", "a@", "@b", "a@b..c", "a@b;c", "a@-b", "á@b.vn", "a@b\x00"],
)
def test_only_plain_mailboxes_pass(address: str) -> None:
    assert not is_mailbox(address)
    assert is_mailbox("o'neil+tag@mail.example.org")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://h/",
        "http://",
        "https://u:p@h/",
        "https://h/#f",
        "https://h:99999/",
        "https://h/\r\nX: y",
        "//h/",
    ],
)
def test_only_plain_urls_pass(url: str) -> None:
    assert not is_webhook_url(url)
    assert is_webhook_url("https://example.org:8443/hook?x=1")


def test_masks_keep_what_makes_an_address_usable() -> None:
    assert masked("email", "thanh.nguyen@example.org") == "th…@example.org"
    assert masked("webhook", "https://example.org/secret/path?token=1") == "https://example.org/…"
