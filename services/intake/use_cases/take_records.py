"""A batch of `reports.submitted` takes effect: reports, refusals, and what is dead."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from services.intake import metrics
from services.intake.domain.candidate import Became, Candidate, Outcome, Refused
from services.intake.domain.keys import Keys
from services.intake.domain.record import Submitted, Untrusted, judge
from services.intake.places import Places
from services.intake.sources import Sources
from services.intake.use_cases.accept import accept
from services.intake.use_cases.refuse import conflicting, refuse
from shared.database import Connection
from shared.messaging.received import Dead, Received, Verdict

_VERDICTS = {Became.ACCEPTED: Verdict.FRESH, Became.DUPLICATE: Verdict.DUPLICATE}


class TakeRecords:
    """`apply` for the topic; also what redrives its dead letters."""

    def __init__(self, keys: Keys, sources: Sources, places: Places) -> None:
        self._keys, self._sources, self._places = keys, sources, places

    async def apply(self, tx: Connection, events: Sequence[Received[Submitted]]) -> Sequence[Verdict | Dead]:
        """Make each record's effect by its natural key; one verdict a record, in order.

        A refused record is dead, and its source can ask why; of an untrusted one there is only the letter.
        """
        await self._sources.know(tx, {(e.event.signed.source, e.event.key_id) for e in events})
        judged = [self._judge(e.event) for e in events]
        candidates = [j for j in judged if isinstance(j, Candidate)]
        found = await accept(tx, self._keys, self._places.names(), candidates)
        became = dict(zip(map(id, candidates), found, strict=True))
        refused = [j for j in judged if isinstance(j, Refused)]
        refused += [conflicting(c) for c in candidates if became[id(c)].became is Became.CONFLICT]
        await refuse(tx, refused, datetime.now(UTC))
        metrics.settled(Counter(_outcome(j, became) for j in judged))
        return [_verdict(j, became) for j in judged]

    def _judge(self, record: Submitted) -> Candidate | Refused | Untrusted:
        return judge(record, self._sources.get(record.signed.source), self._keys.bodies)


def _outcome(judged: Candidate | Refused | Untrusted, became: Mapping[int, Outcome]) -> tuple[str, str, str]:
    """Door, outcome and reason, as they are counted."""
    if isinstance(judged, Candidate):
        return "kafka", str(became[id(judged)].became), ""
    return "kafka", "untrusted" if isinstance(judged, Untrusted) else "refused", judged.reason


def _verdict(judged: Candidate | Refused | Untrusted, became: Mapping[int, Outcome]) -> Verdict | Dead:
    if isinstance(judged, Untrusted):
        return Dead(judged.reason)
    if isinstance(judged, Refused):
        return Dead(judged.reason, judged.detail)
    outcome = became[id(judged)]
    if outcome.became is Became.CONFLICT:
        return Dead("conflict", str(outcome.report_id))
    return _VERDICTS[outcome.became]
