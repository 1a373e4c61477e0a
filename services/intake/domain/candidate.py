"""A submission under its natural key, and what becomes of it when others came before.

The natural key is (scope, key): the scope is a registered source's id or `public`, the key is the source's
own id for it, or the client's idempotency key.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, NamedTuple
from uuid import UUID

from services.intake.domain.submission import Accepted

DoorName = Literal["kafka", "http", "form", "sheet"]
PUBLIC: Final = "public"
"""The scope of everybody who is not a registered source."""
MAX_KEY: Final = 200
Key = tuple[str, str]
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Candidate(NamedTuple):
    """A submission that may come in. `fingerprint` is the keyed hash of its body."""

    scope: str
    key: str
    door: DoorName
    fingerprint: bytes
    accepted: Accepted
    report_id: UUID
    """The id it gets if it is the first under its key."""
    traceparent: str

    @property
    def natural_key(self) -> Key:
        return self.scope, self.key

    @property
    def causation(self) -> str | None:
        """The sender's record as the cause of what follows, where its id is a UUID: any other may be a name
        or a telephone number, and does not leave."""
        return self.key if self.door == "kafka" and is_uuid(self.key) else None


@dataclass(frozen=True, slots=True)
class Refused:
    """A submission that does not come in; `detail` names fields and codes, never values."""

    scope: str
    key: str
    fingerprint: bytes
    reason: str
    detail: str
    report_id: UUID
    """The id it would have had."""
    traceparent: str | None = None


class Became(StrEnum):
    """What became of a submission."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"


class Outcome(NamedTuple):
    """`report_id` is the report that stands under the natural key."""

    became: Became
    report_id: UUID


@dataclass(frozen=True, slots=True)
class Standing:
    """The submission that came first under a natural key."""

    fingerprint: bytes
    report_id: UUID


def firsts(candidates: Sequence[Candidate]) -> dict[Key, Candidate]:
    """The first candidate under each natural key, keys sorted, as they must be written."""
    found: dict[Key, Candidate] = {}
    for candidate in candidates:
        found.setdefault(candidate.natural_key, candidate)
    return dict(sorted(found.items()))


def outcomes(
    candidates: Sequence[Candidate], claimed: frozenset[UUID], standing: Mapping[Key, Standing]
) -> list[Outcome]:
    """One outcome a candidate, in order.

    `claimed`: ids of those that were first under their keys, in store and batch; `standing`: who was first
    where the store had one before.
    """
    mine = {c.natural_key: c for c in candidates if c.report_id in claimed}
    return [
        Outcome(Became.ACCEPTED, c.report_id)
        if c.report_id in claimed
        else _later(c, mine.get(c.natural_key) or standing[c.natural_key])
        for c in candidates
    ]


def _later(candidate: Candidate, first: Candidate | Standing) -> Outcome:
    same = first.fingerprint == candidate.fingerprint
    return Outcome(Became.DUPLICATE if same else Became.CONFLICT, first.report_id)


def is_uuid(text: str) -> bool:
    """Whether `text` is a UUID in its usual form of 36 characters."""
    return _UUID.fullmatch(text) is not None


def plain_key(text: str) -> bool:
    """Whether `text` can be a natural key: one printable line of at most 200 characters."""
    return 0 < len(text) <= MAX_KEY and text.isprintable()
