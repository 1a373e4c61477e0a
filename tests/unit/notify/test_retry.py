"""When to try again."""

from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain.retry import RetryPolicy

POLICY = RetryPolicy(15, 3600, 10)


@given(st.integers(1, 9), st.floats(0, 1, exclude_max=True))
def test_delays_double_up_to_the_cap_and_are_spread_over_the_upper_half(attempt: int, chance: float) -> None:
    delay = POLICY.delay(attempt, chance)
    full = min(3600, 15 * 2 ** (attempt - 1))
    assert delay is not None
    assert full / 2 <= delay <= full


def test_it_ends() -> None:
    assert POLICY.delay(10, 0.5) is None
    assert POLICY.delay(11, 0.5) is None


def test_very_many_attempts_do_not_overflow() -> None:
    assert RetryPolicy(15, 3600, 10_000).delay(9_999, 0.0) == 1800
