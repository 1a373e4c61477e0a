"""Sealed identities open for their own report and field only, and never again once the data key is gone."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.sealing import KekRing, KekUnknown, SealBroken, open_sealed, rewrap, seal

REPORT, OTHER = UUID(int=1), UUID(int=2)
OLD = KekRing({"2026-01": b"a" * 32}, "2026-01")
BOTH = KekRing({"2026-01": b"a" * 32, "2026-02": b"b" * 32}, "2026-02")
NEW = KekRing({"2026-02": b"b" * 32}, "2026-02")


@given(st.binary(max_size=2_000))
def test_what_was_sealed_opens(payload: bytes) -> None:
    assert open_sealed(OLD, REPORT, seal(OLD, REPORT, payload)) == payload


def test_a_seal_is_bound_to_its_report_and_field() -> None:
    sealed = seal(OLD, REPORT, b"name", field="identity")
    with pytest.raises(SealBroken):
        open_sealed(OLD, OTHER, sealed)
    with pytest.raises(SealBroken):
        open_sealed(OLD, REPORT, sealed, field="text")


@pytest.mark.parametrize("part", ["wrapped_key", "nonce", "ciphertext"])
def test_one_flipped_bit_breaks_the_seal(part: str) -> None:
    sealed = seal(OLD, REPORT, b"name")
    whole: bytes = getattr(sealed, part)
    for position in range(len(whole)):
        flipped = whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :]
        with pytest.raises(SealBroken):
            open_sealed(OLD, REPORT, replace(sealed, **{part: flipped}))


def test_without_its_data_key_nothing_opens() -> None:
    sealed = seal(OLD, REPORT, b"name")
    another = seal(OLD, REPORT, b"name")
    for destroyed in (b"", bytes(60), another.wrapped_key):
        with pytest.raises(SealBroken):
            open_sealed(OLD, REPORT, replace(sealed, wrapped_key=destroyed))


def test_rotation_keeps_old_seals_readable_until_they_are_wrapped_anew() -> None:
    sealed = seal(OLD, REPORT, b"name")
    assert open_sealed(BOTH, REPORT, sealed) == b"name"
    moved = rewrap(BOTH, REPORT, sealed)
    assert (moved.key_id, moved.ciphertext) == ("2026-02", sealed.ciphertext)
    assert open_sealed(NEW, REPORT, moved) == b"name"
    with pytest.raises(KekUnknown):
        open_sealed(NEW, REPORT, sealed)


def test_randomness_comes_from_the_caller_and_is_never_used_twice() -> None:
    asked: list[int] = []

    def random(size: int) -> bytes:
        asked.append(size)
        return bytes(range(size))

    sealed = seal(OLD, REPORT, b"name", random=random)
    assert sealed == seal(OLD, REPORT, b"name", random=random)
    assert sealed.nonce != sealed.wrapped_key[: len(sealed.nonce)]
    assert asked == [56, 56]
    assert seal(OLD, REPORT, b"name") != seal(OLD, REPORT, b"name")


def test_a_ring_refuses_short_keys_and_an_active_key_it_does_not_hold() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        KekRing({"a": b"short"}, "a")
    with pytest.raises(KekUnknown):
        KekRing({"a": bytes(32)}, "b")
