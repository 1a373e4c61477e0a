"""The one way in: submissions of every door become reports, each natural key once."""

from collections.abc import Sequence

from services.intake import publish
from services.intake.domain.candidate import PUBLIC, Became, Candidate, Outcome, firsts, outcomes
from services.intake.domain.keys import Keys
from services.intake.domain.report import private_part, redacted_report
from services.intake.domain.sealing import seal
from services.intake.domain.tracking import code_hash, tracking_code
from services.intake.store import reports, submissions
from shared import failpoints
from shared.database import Connection
from shared.outbox import Outgoing, announce

SERVICE = "intake"


async def accept(
    tx: Connection, keys: Keys, places: frozenset[str], candidates: Sequence[Candidate]
) -> list[Outcome]:
    """Write what is new, redacted and sealed, and announce it; one outcome a candidate, in order.

    `places`: names (of `known_places`) which redaction leaves alone. The caller's COMMIT makes it true.
    """
    if not candidates:
        return []
    wanted = firsts(candidates)
    claimed = await submissions.claim(tx, wanted)
    failpoints.hit("intake.claimed")
    taken = [key for key, first in wanted.items() if first.report_id not in claimed]
    found = outcomes(candidates, claimed, await submissions.standing(tx, taken))
    fresh = [c for c, o in zip(candidates, found, strict=True) if o.became is Became.ACCEPTED]
    rows = [_row(keys, places, candidate) for candidate in fresh]
    await reports.insert(tx, rows)
    await announce(
        tx,
        SERVICE,
        [
            Outgoing(publish.received(row.report), candidate.causation, candidate.traceparent)
            for row, candidate in zip(rows, fresh, strict=True)
        ],
    )
    failpoints.hit("intake.accepted")
    return found


def _row(keys: Keys, places: frozenset[str], candidate: Candidate) -> reports.Row:
    accepted, report_id = candidate.accepted, candidate.report_id
    return reports.Row(
        redacted_report(report_id, accepted.submission, accepted.times, places),
        seal(keys.ring, report_id, private_part(accepted.submission)),
        candidate.door,
        code_hash(keys.tracking, tracking_code(keys.tracking, report_id)),
        candidate.traceparent,
        None if candidate.scope == PUBLIC else keys.subject(*candidate.natural_key),
    )
