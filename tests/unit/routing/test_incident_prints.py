"""Fingerprints: read as they were written, symmetric, and without a word of the text."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.incidents.matching import Compared
from services.routing.domain.incidents.prints import Fingerprint
from services.routing.domain.text import read
from shared.contracts.vocabulary import CATEGORIES
from tests.unit.routing.ground import AFTER, basis
from tests.unit.routing.incident_ground import FIRE, NOON, compared, made

numbers = st.frozensets(st.integers(0, 2**32 - 1), max_size=40)
prints = st.builds(
    Fingerprint,
    words=numbers,
    matters=numbers,
    spots=numbers,
    topics=st.dictionaries(
        st.sampled_from(CATEGORIES), st.sampled_from([0.2, 0.4, 1.0]), min_size=1, max_size=4
    ),
    severity=st.sampled_from([0, 1, 2, 3]),
    proposal=st.booleans(),
    sure=st.booleans(),
    other=st.booleans(),
    follows=st.booleans(),
)


@given(prints)
def test_a_fingerprint_is_read_as_it_was_written(made_: Fingerprint) -> None:
    assert Fingerprint.from_bytes(made_.to_bytes()) == made_


@given(st.binary(max_size=60))
def test_what_is_no_fingerprint_is_refused_or_read(stored: bytes) -> None:
    try:
        Fingerprint.from_bytes(stored)
    except ValueError:
        return


def test_a_fingerprint_holds_none_of_the_words() -> None:
    stored = compared(made(FIRE)).print.to_bytes()
    assert len(stored) < 300
    assert not any(word.encode() in stored for word in read(FIRE).keys if len(word) > 2)


@given(prints, prints, st.integers(0, 90))
def test_who_is_compared_with_whom_makes_no_difference(
    one: Fingerprint, other: Fingerprint, days: int
) -> None:
    a = Compared(UUID(int=1), NOON, replace(one, other=False, follows=False))
    b = Compared(UUID(int=2), NOON + timedelta(days=days), replace(other, other=False, follows=False))
    there, back = (basis().matching.match(x, [y], AFTER) for x, y in ((a, b), (b, a)))
    assert (there and (there.kind, round(there.score, 6))) == (back and (back.kind, round(back.score, 6)))
