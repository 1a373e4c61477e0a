"""Every event, past tense, one class a type. CloudEvents attributes travel as Kafka headers, not in here.

Instants are UTC (RFC 3339); dates are local dates of Asia/Ho_Chi_Minh; unit ids are the map's own opaque
ids; bodies are written `kind@unit` (for example `ubnd@u4k2...`). Only `ReportReceived.text` is free text,
and it is redacted.
"""

from shared.contracts.events.base import BodyId, Event, Observation, Part, UnitId
from shared.contracts.events.cases import (
    CaseAccepted,
    CaseAnswered,
    CaseClosed,
    CaseDisputed,
    CaseEscalated,
    CaseEvent,
    CaseFacts,
    CaseForwarded,
    CaseLinked,
    CaseMoved,
    CaseOpened,
    CaseReclassified,
    CaseReminded,
    CaseRescheduled,
    CaseResumed,
    CaseReturned,
    CaseSnapshot,
    CaseSuspended,
    CaseTold,
    Clocks,
    Reason,
)
from shared.contracts.events.notifications import NotificationDelivered, NotificationEvent, NotificationFailed
from shared.contracts.events.reports import (
    FeedbackGiven,
    Location,
    ReporterErased,
    ReportEvent,
    ReportReceived,
    ReportRejected,
    ReportWithdrawn,
)
from shared.contracts.events.situation import WarningCleared, WarningEvent, WarningRaised
from shared.contracts.events.units import MapChanged, SuccessionRecord, UnitRecord

__all__ = [
    "BodyId",
    "CaseAccepted",
    "CaseAnswered",
    "CaseClosed",
    "CaseDisputed",
    "CaseEscalated",
    "CaseEvent",
    "CaseFacts",
    "CaseForwarded",
    "CaseLinked",
    "CaseMoved",
    "CaseOpened",
    "CaseReclassified",
    "CaseReminded",
    "CaseRescheduled",
    "CaseResumed",
    "CaseReturned",
    "CaseSnapshot",
    "CaseSuspended",
    "CaseTold",
    "Clocks",
    "Event",
    "FeedbackGiven",
    "Location",
    "MapChanged",
    "NotificationDelivered",
    "NotificationEvent",
    "NotificationFailed",
    "Observation",
    "Part",
    "Reason",
    "ReportEvent",
    "ReportReceived",
    "ReportRejected",
    "ReportWithdrawn",
    "ReporterErased",
    "SuccessionRecord",
    "UnitId",
    "UnitRecord",
    "WarningCleared",
    "WarningEvent",
    "WarningRaised",
]
