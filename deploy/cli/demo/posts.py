"""What one sender submits once: through which door, from which source, under which key, and what must follow.

Sources are registered for the demo with keys and tokens of their own; the public has neither.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

DoorName = Literal["http", "kafka", "sheet"]
Expected = Literal["accepted", "duplicate", "rejected"]
Part = Literal["samples", "baseline", "surge", "observations", "canaries", "faulty"]
"""samples: the labelled corpus; baseline: invented calm weeks; surge: an invented downpour; canaries: planted
personal data; faulty: what must be told apart or turned away."""

KEY_ID = "demo-1"


@dataclass(frozen=True, slots=True)
class DemoSource:
    """A registered source with its credentials, which are made anew for each run."""

    id: str
    name: str
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)


PORTAL = DemoSource("https://portal.example/bac-ninh", "Cổng tiếp nhận của tỉnh (thử)")
HOTLINE = DemoSource("https://hotline.example/bac-ninh", "Đường dây nóng và Zalo (thử)")
SHEETS = DemoSource("https://sheets.example/bac-ninh", "Bảng của cộng tác viên (thử)")
HISTORY = DemoSource("https://history.example/bac-ninh", "Các tuần trước, dựng lên để so sánh (thử)")
SOURCES = (PORTAL, HOTLINE, SHEETS, HISTORY)


@dataclass(frozen=True, slots=True)
class Post:
    """A submission whose fields can be read. `source` is None for the public, whose key is a UUID."""

    part: Part
    door: DoorName
    source: DemoSource | None
    key: str
    fields: Mapping[str, object]
    expected: Expected = "accepted"


@dataclass(frozen=True, slots=True)
class RawRequest:
    """An HTTP request that must be turned away: `headers` and `body` as they are sent."""

    headers: Mapping[str, str]
    body: bytes
    status: int


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A Kafka record that must become a dead letter; `signed_by` None leaves the signature as it is."""

    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Programme:
    """All that the demo submits. `repeats` and what follows go when the posts are in."""

    baseline: tuple[Post, ...]
    posts: tuple[Post, ...]
    repeats: tuple[Post, ...]
    requests: tuple[RawRequest, ...]
    records: tuple[RawRecord, ...]
    secrets: tuple[str, ...]
    """Planted personal data, which must be found nowhere but under seal."""

    @property
    def everything(self) -> tuple[Post, ...]:
        """Every post with readable fields, in order."""
        return (*self.baseline, *self.posts, *self.repeats)
