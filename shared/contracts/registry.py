"""All event types by their CloudEvents type."""

from types import MappingProxyType

from shared.contracts import events
from shared.contracts.events import Event

EVENTS: tuple[type[Event], ...] = (
    events.ReportReceived,
    events.ReportRejected,
    events.FeedbackGiven,
    events.ReportWithdrawn,
    events.ReporterErased,
    events.CaseOpened,
    events.CaseForwarded,
    events.CaseAccepted,
    events.CaseReturned,
    events.CaseReminded,
    events.CaseEscalated,
    events.CaseAnswered,
    events.CaseTold,
    events.CaseDisputed,
    events.CaseReclassified,
    events.CaseLinked,
    events.CaseSuspended,
    events.CaseResumed,
    events.CaseMoved,
    events.CaseRescheduled,
    events.CaseClosed,
    events.CaseSnapshot,
    events.MapChanged,
    events.WarningRaised,
    events.WarningCleared,
    events.NotificationDelivered,
    events.NotificationFailed,
)

BY_TYPE: MappingProxyType[str, type[Event]] = MappingProxyType({e.ce_type(): e for e in EVENTS})
