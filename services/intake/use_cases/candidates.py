"""Candidates and refusals as the doors of HTTP make them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import uuid_utils

from services.intake.domain.candidate import PUBLIC, Candidate, DoorName, Refused
from services.intake.domain.keys import Keys
from services.intake.domain.problems import Problem
from services.intake.domain.source import Source
from services.intake.domain.submission import Accepted, body_hash, codes_of
from shared.messaging.envelope import new_trace


def new_report_id() -> UUID:
    """A UUIDv7: rows that come together lie together."""
    return UUID(bytes=uuid_utils.uuid7().bytes)


def candidate(
    keys: Keys,
    source: Source | None,
    key: str,
    fields: Mapping[str, object],
    accepted: Accepted,
    *,
    door: DoorName,
    traceparent: str | None = None,
) -> Candidate:
    """A submission under its natural key; `fields` are what its fingerprint is taken of."""
    return Candidate(
        source.id if source else PUBLIC,
        key,
        door,
        body_hash(keys.bodies, fields),
        accepted,
        new_report_id(),
        traceparent or new_trace(),
    )


def refusal(
    keys: Keys,
    source: Source,
    key: str,
    told: Mapping[str, object],
    problems: Sequence[Problem],
    *,
    reason: str = "invalid_body",
    traceparent: str | None = None,
) -> Refused:
    """A registered source's submission with its problems. `told` must be encodable; it is only hashed."""
    fingerprint = body_hash(keys.bodies, told)
    return Refused(
        source.id,
        key,
        fingerprint,
        reason,
        codes_of(problems),
        new_report_id(),
        traceparent or new_trace(),
    )
