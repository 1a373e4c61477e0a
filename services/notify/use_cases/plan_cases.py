"""Case events: keep the view of today's facts, plan who is told."""

from collections.abc import Sequence

from services.notify import metrics
from services.notify.domain import addressees
from services.notify.domain.addressees import CaseNotice, Moment
from services.notify.store import planning as store
from services.notify.use_cases.planning import RecipientCache, Work
from services.notify.wire import CallNews, CaseNews
from shared.contracts.events import (
    CaseAccepted,
    CaseAnswered,
    CaseClosed,
    CaseEvent,
    CaseLinked,
    CaseOpened,
    CaseResumed,
    CaseReturned,
    CaseSnapshot,
    CaseSuspended,
    CaseTold,
)
from shared.contracts.registry import BY_TYPE
from shared.database import Connection
from shared.messaging.received import Dead, Received, Verdict

MOMENTS: dict[str, Moment] = {
    **{name: "changed" for name, event in BY_TYPE.items() if issubclass(event, CaseEvent)},
    **{
        event.ce_type(): "progress"
        for event in (CaseAccepted, CaseReturned, CaseAnswered, CaseSuspended, CaseResumed)
    },
    # Two hundred reports of one fire were told of when they came: that they go together wakes nobody.
    **{event.ce_type(): "recorded" for event in (CaseTold, CaseLinked)},
    CaseOpened.ce_type(): "opened",
    CaseClosed.ce_type(): "closed",
    CaseSnapshot.ce_type(): "snapshot",
}
"""What each event is to those who are told of it."""


async def plan_cases(
    tx: Connection, events: Sequence[Received[CaseNews]], cache: RecipientCache
) -> Sequence[Verdict | Dead]:
    """Three round trips for a batch of new cases: their versions, the view, the notifications."""
    directory = await cache.current(tx)
    versions = await store.case_versions(tx, {received.event.case_id for received in events})
    work = Work("case", directory, versions, await store.planned_events(tx, "case", versions))
    verdicts = []
    for received in events:
        event = received.event
        told = addressees.of_case(_notice(event, MOMENTS[received.envelope.type]))
        verdicts.append(work.take(received, event.case_id, event.version, told))
    known = [_known(event) for event in work.newest.values()]
    await store.replace_cases(tx, known, work.stored & work.newest.keys())
    await work.write(tx)
    metrics.opened(
        [
            received.event.case_id
            for received, verdict in zip(events, verdicts, strict=True)
            if verdict is Verdict.FRESH and MOMENTS[received.envelope.type] == "opened"
        ]
    )
    return verdicts


def _notice(event: CaseNews, moment: Moment) -> CaseNotice:
    facts = event.after
    return CaseNotice(
        moment,
        facts.severity,
        facts.state == "noted",
        facts.listening_owner,
        facts.resolving_owner,
        facts.path[-1] if facts.path else "",
        event.audience,
        event.told if isinstance(event, CallNews) else (),
    )


def _known(event: CaseNews) -> store.KnownCase:
    facts = event.after
    return store.KnownCase(
        event.case_id,
        event.version,
        facts.unit,
        facts.purpose,
        facts.category,
        facts.severity,
        facts.state,
        facts.restricted,
        facts.clocks.settle_by,
        facts.listening_owner,
        facts.resolving_owner,
        event.audience,
    )
