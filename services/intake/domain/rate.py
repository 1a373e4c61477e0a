"""A limit of requests a minute for each client: a bucket of tokens that fills again evenly."""

from dataclasses import dataclass

_MOST_CLIENTS = 10_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class RateLimit:
    """Remembers at most ten thousand clients; when there are more, the longest silent is forgotten."""

    def __init__(self) -> None:
        self._buckets: dict[str, _Bucket] = {}

    def allows(self, client: str, per_minute: int, now: float) -> bool:
        """Whether the client may come in at `now` (monotonic seconds); 0 a minute is no limit."""
        if not per_minute:
            return True
        bucket = self._buckets.pop(client, None) or _Bucket(per_minute, now)
        filled = min(float(per_minute), bucket.tokens + (now - bucket.at) * per_minute / 60)
        allowed = filled >= 1
        self._buckets[client] = _Bucket(filled - 1 if allowed else filled, now)
        if len(self._buckets) > _MOST_CLIENTS:
            del self._buckets[next(iter(self._buckets))]
        return allowed
