"""From a submission to what may be kept in the clear, and what goes under seal."""

from typing import Final, NamedTuple
from uuid import UUID

import orjson

from services.intake.domain.redaction import redact
from services.intake.domain.submission import Submission
from services.intake.domain.times import Times

DECIMALS: Final = 4
"""Of a coordinate in degrees: about eleven metres, a place and not a house door."""


class Report(NamedTuple):
    """A report without personal data: text and place redacted, the point rounded (degrees, WGS 84)."""

    report_id: UUID
    text: str
    place_hint: str | None
    point: tuple[float, float] | None
    submission: Submission
    """Its codes only are used from here on; text, place and contact of it are under seal."""
    times: Times


def redacted_report(report_id: UUID, submission: Submission, times: Times, places: frozenset[str]) -> Report:
    """The report as it may be kept; `places` (of `known_places`) are no persons' names."""
    hint, point = submission.place_hint, submission.coordinates
    return Report(
        report_id,
        redact(submission.text, places).text,
        redact(hint, places).text if hint else None,
        (round(point.latitude, DECIMALS), round(point.longitude, DECIMALS)) if point else None,
        submission,
        times,
    )


def private_part(submission: Submission) -> bytes:
    """What only the seal may hold, as JSON: the words as they were written, the exact point, the contact."""
    contact, point = submission.contact, submission.coordinates
    return orjson.dumps(
        {
            "text": submission.text,
            "place_hint": submission.place_hint,
            "coordinates": point and [point.latitude, point.longitude],
            "contact": contact and contact.model_dump(exclude_none=True),
        }
    )
