"""HMAC-SHA256 by prepared keys, against the standard library's own and a published vector."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.mac import mac


def test_a_vector_of_rfc_4231() -> None:
    """Test case 2."""
    found = mac(b"Jefe", b"what do ya want for nothing?")
    assert found.hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


@given(st.binary(max_size=200), st.binary(max_size=500), st.binary(max_size=500))
def test_a_key_used_before_gives_the_same_as_one_used_once(key: bytes, first: bytes, second: bytes) -> None:
    assert mac(key, first) == hmac.digest(key, first, "sha256")
    assert mac(key, second) == hmac.digest(key, second, "sha256")
