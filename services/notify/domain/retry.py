"""When to try again, and when to give up."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Delays in seconds: `base` doubling up to `cap`, at most `max_attempts` attempts."""

    base: float
    cap: float
    max_attempts: int

    def delay(self, attempt: int, chance: float) -> float | None:
        """How long to wait after the given attempt (from 1), or None to give up.

        `chance` in [0, 1) spreads the delay over the upper half of its interval, so that messages that
        failed together do not all come back together.
        """
        if attempt >= self.max_attempts:
            return None
        full = self.cap if attempt > 60 else min(self.cap, self.base * 2.0 ** (attempt - 1))
        return full * (0.5 + chance / 2)
