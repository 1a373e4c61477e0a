"""First come under a natural key, first served: duplicates and conflicts in one batch and across batches."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.candidate import (
    Became,
    Candidate,
    Standing,
    firsts,
    outcomes,
    plain_key,
)
from services.intake.domain.submission import Accepted, Door, decide

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ACCEPTED = decide({"text": "a", "channel": "web"}, Door(False), NOW)
assert isinstance(ACCEPTED, Accepted)


def candidate(number: int, key: str, body: bytes = b"one") -> Candidate:
    assert isinstance(ACCEPTED, Accepted)
    return Candidate("public", key, "http", body, ACCEPTED, UUID(int=number), "")


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([b"one", b"two"])), max_size=12))
def test_each_key_is_accepted_once_and_what_differs_from_the_first_is_a_conflict(
    sent: list[tuple[str, bytes]],
) -> None:
    coming = [candidate(n, key, body) for n, (key, body) in enumerate(sent)]
    held = {("public", "a"): Standing(b"one", UUID(int=99))}
    claimed = frozenset(c.report_id for key, c in firsts(coming).items() if key not in held)
    found = outcomes(coming, claimed, held)
    assert len(found) == len(sent)
    accepted = [o.report_id for o in found if o.became is Became.ACCEPTED]
    assert set(accepted) == claimed
    assert len(accepted) == len(claimed)
    first = {"a": (b"one", UUID(int=99))}
    for c, o in zip(coming, found, strict=True):
        body, report_id = first.setdefault(c.key, (c.fingerprint, c.report_id))
        assert o.report_id == report_id
        assert (o.became is Became.CONFLICT) == (body != c.fingerprint)


def test_keys_come_sorted_so_that_two_writers_never_wait_for_each_other() -> None:
    assert [key for _, key in firsts([candidate(n, key) for n, key in enumerate("cab")])] == ["a", "b", "c"]


def test_a_key_is_one_printable_line() -> None:
    assert plain_key("HL-2026/001")
    assert not any(plain_key(bad) for bad in ("", "a\nb", "a\0", "\ud800", "a" * 201, "a\u202eb"))
