"""CloudEvents attributes as headers: what is written can be read; a refusal names its header."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.envelope import (
    Envelope,
    HeaderError,
    new_envelope,
    new_trace,
    read_envelope,
    read_headers,
)

TEXT = st.text(min_size=1, max_size=40).filter(lambda s: s.isprintable())
PLAIN = new_envelope("langnghe.test", "langnghe.X.v1", causation=None, traceparent=None)


@given(id_=TEXT, source=TEXT, type_=TEXT, time=TEXT, causation=st.none() | TEXT)
def test_what_is_written_is_read(id_: str, source: str, type_: str, time: str, causation: str | None) -> None:
    envelope = Envelope(id_, source, type_, time, causation, new_trace())
    assert read_envelope(read_headers(envelope.headers())) == envelope


@given(raw=st.lists(st.tuples(st.text(max_size=5), st.none() | st.binary(max_size=8)), max_size=6))
def test_any_headers_are_read_or_refused(raw: list[tuple[str, bytes | None]]) -> None:
    """No other error than HeaderError, and its text can be stored and logged."""
    try:
        read_envelope(read_headers(raw))
    except HeaderError as error:
        str(error).encode("ascii")


@pytest.mark.parametrize("name", ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time"])
def test_a_missing_attribute_is_named(name: str) -> None:
    headers = [pair for pair in PLAIN.headers() if pair[0] != name]
    with pytest.raises(HeaderError, match=f"header {name}: missing"):
        read_envelope(read_headers(headers))


@pytest.mark.parametrize(
    ("extra", "problem"),
    [
        (("x", None), "header x: null"),
        (("x", b"\xff"), "header x: not UTF-8"),
        (("ce_id", b"again"), "header ce_id: doubled"),
        (("x\udcff", b"v"), r"header x\udcff: name not UTF-8"),
    ],
)
def test_a_bad_header_is_named(extra: tuple[str, bytes | None], problem: str) -> None:
    with pytest.raises(HeaderError, match=re.escape(problem)):
        read_headers([*PLAIN.headers(), extra])


@pytest.mark.parametrize("value", ["", "junk", "00-short-1-01", "00-" + "a" * 32 + "-" + "b" * 16])
def test_a_malformed_trace_is_left_out(value: str) -> None:
    headers = read_headers([*PLAIN.headers(), ("traceparent", value.encode())])
    assert read_envelope(headers).traceparent is None


def test_a_trace_keeps_its_id() -> None:
    trace = new_trace()
    assert Envelope("i", "s", "t", "now", None, trace).trace_id == trace.split("-")[1]


def test_ids_of_new_envelopes_are_in_order() -> None:
    ids = [new_envelope("s", "t", causation=None, traceparent=None).id for _ in range(50)]
    assert ids == sorted(set(ids))
