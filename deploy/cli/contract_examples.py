"""One golden example of every event: realistic, and invented from end to end.

The report, its case and what follows from it belong together. They become the committed files of
`shared/contracts/examples/` by `langnghe contracts write`.
"""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from shared.contracts import events
from shared.contracts.events import BodyId, CaseFacts, Clocks, Event, Reason

_REPORT = UUID("01942f6e-8c00-7a31-9c55-3d1f0e6b7a20")
_WARNING = UUID("01943c1a-5000-7d02-8a11-64f0b9e2c713")
_NOTIFICATION = UUID("01942f6e-a400-7b18-b1c9-5e70a2d4f901")
_INCIDENT = UUID("01942f6f-8c00-7b44-8d21-7a9d2c4e6b90")
_DELIVERY = UUID("01942f70-1000-7c44-a0de-19b3c8f65e42")
_PROVINCE, _COMMUNE = "umfy9spwcb", "u6fna53pd9"
_COMMITTEE: BodyId = f"ubnd@{_COMMUNE}"
_FRONT: BodyId = f"mttq@{_COMMUNE}"
_AT = datetime(2026, 10, 5, 2, 15, 30, tzinfo=UTC)
_DAY = date(2026, 10, 5)


def examples() -> tuple[Event, ...]:
    """In the order of the registry."""
    return (*_reports(), *_cases(), _map(), *_warnings(), *_notifications())


def _reports() -> tuple[Event, ...]:
    return (
        events.ReportReceived(
            report_id=_REPORT,
            purpose="request",
            channel="web",
            text="Ổ gà lớn trước cổng trường, xe máy ngã liên tục. Gọi cho tôi theo số [điện thoại].",
            place_hint="cổng trường tiểu học, phường Võ Cường",
            reporter_unit="09190",
            location=events.Location(latitude=21.1724, longitude=106.0513),
            occurred_at=_AT - timedelta(hours=3),
            submitted_at=_AT,
            received_at=_AT + timedelta(seconds=1),
            report_date=_DAY,
        ),
        events.ReportRejected(
            report_id=UUID("01942f6f-0000-7e10-8f3b-7a9d2c4e6b85"),
            source="hotline-1022",
            reason="text_empty",
            rejected_at=_AT,
        ),
        events.FeedbackGiven(
            report_id=_REPORT,
            case_id=_REPORT,
            verdict="agree",
            case_version=5,
            given_at=_AT + timedelta(days=9),
        ),
        events.ReportWithdrawn(report_id=_REPORT, withdrawn_at=_AT + timedelta(days=2)),
        events.ReporterErased(report_id=_REPORT, erased_at=_AT + timedelta(days=30)),
    )


def _facts() -> CaseFacts:
    return CaseFacts(
        unit=_COMMUNE,
        path=(_COMMUNE, _PROVINCE),
        purpose="request",
        category="giao-thong-ha-tang",
        legal_kind="phan_anh",
        severity=2,
        flags=("keo_dai",),
        state="opened",
        level="commune",
        restricted=False,
        listening_owner=_FRONT,
        resolving_owner=_COMMITTEE,
        channel="web",
        report_date=_DAY,
        submitted_at=_AT,
        received_at=_AT + timedelta(seconds=1),
        clocks=Clocks(
            forward_by=datetime(2026, 10, 7, 10, 0, tzinfo=UTC),
            settle_by=datetime(2026, 10, 19, 10, 0, tzinfo=UTC),
            listen_by=datetime(2026, 10, 21, 10, 0, tzinfo=UTC),
            rule="phan_anh/1",
        ),
    )


def _cases() -> tuple[Event, ...]:
    opened = events.CaseOpened(
        case_id=_REPORT,
        root_id=_REPORT,
        version=1,
        before=None,
        after=_facts(),
        reasons=(
            Reason(rule="place.hint", version="1"),
            Reason(rule="category.giao-thong-ha-tang", version="1"),
            Reason(rule="deadline.phan_anh", version="1", basis="NĐ 20/2008"),
        ),
        map_version=69,
        decided_at=_AT + timedelta(seconds=2),
        audience=(_FRONT, _COMMITTEE, f"mttq@{_PROVINCE}"),
    )
    later = [
        _next(opened, kind, version, reason, **changes)
        for version, (kind, reason, changes) in enumerate(_LIFE, start=2)
    ]
    snapshot = opened.model_dump() | {"before": _facts(), "reasons": (Reason(rule="snapshot", version="1"),)}
    return opened, *later, events.CaseSnapshot.model_validate(snapshot)


_LIFE: tuple[tuple[type[events.CaseEvent], str, dict[str, object]], ...] = (
    (events.CaseForwarded, "life.chuyen", {"state": "forwarded"}),
    (events.CaseAccepted, "life.thu-ly", {"state": "accepted"}),
    (events.CaseReturned, "life.tra-lai", {"state": "returned"}),
    (events.CaseReminded, "escalation.sap-den-han", {"state": "accepted"}),
    (events.CaseEscalated, "escalation.qua-han", {"state": "forwarded", "level": "province"}),
    (events.CaseAnswered, "life.tra-loi", {"state": "answered", "outcome": "settled"}),
    (events.CaseTold, "life.da-bao", {"state": "told", "outcome": "settled"}),
    (events.CaseDisputed, "life.chua-dong-tinh", {"state": "disputed"}),
    (events.CaseReclassified, "person.phan-loai-lai", {"category": "an-toan-giao-thong"}),
    (events.CaseLinked, "incident.cung-vu-viec", {"state": "linked", "incident": str(_INCIDENT)}),
    (events.CaseSuspended, "life.tam-dinh-chi", {"state": "suspended"}),
    (events.CaseResumed, "life.tiep-tuc", {"state": "accepted"}),
    (events.CaseMoved, "map.sap-nhap", {"state": "opened"}),
    (events.CaseRescheduled, "clock.tinh-lai", {"state": "opened"}),
    (events.CaseClosed, "case.rut-don", {"state": "withdrawn"}),
)
"""One decision of each kind, with the rule that led to it and what it changed; not one case's story."""


def _next(
    opened: events.CaseOpened, kind: type[events.CaseEvent], version: int, rule: str, **changes: object
) -> Event:
    return kind.model_validate(
        opened.model_dump()
        | {
            "version": version,
            "before": _facts(),
            "after": _facts().model_copy(update=changes),
            "reasons": (Reason(rule=rule, version="1"),),
            "decided_at": _AT + timedelta(days=2, seconds=version),
        }
    )


def _map() -> Event:
    return events.MapChanged(
        map_version=69,
        kind="reform",
        title="Ví dụ: một xã thành phường",
        effective=date(2026, 9, 20),
        legal_basis="NQ 39/2026/QH16",
        units=(
            events.UnitRecord(
                id="u7k2m4p9q1",
                code="09999",
                level="commune",
                type="phuong",
                name="Ví Dụ",
                parent=_PROVINCE,
                valid_from=date(2026, 9, 20),
                valid_to=None,
                invented=True,
            ),
        ),
        successions=(
            events.SuccessionRecord(
                from_id="u3h8d5t6w2", to_id="u7k2m4p9q1", effective=date(2026, 9, 20), kind="part"
            ),
        ),
    )


def _warnings() -> tuple[Event, ...]:
    common = {
        "warning_id": _WARNING,
        "unit": _COMMUNE,
        "path": (_COMMUNE, _PROVINCE),
        "category": "thoat-nuoc-ngap-ung",
        "window_start": date(2026, 10, 7),
        "window_end": date(2026, 10, 7),
        "detector": "ears-c2:7:2:3.0",
    }
    at = datetime(2026, 10, 7, 17, 0, tzinfo=UTC)
    raised = common | {"observed": 14, "expected": 3.1, "threshold": 8.4, "decided_at": at}
    cleared = common | {"observed": 2, "decided_at": at + timedelta(days=1)}
    return events.WarningRaised.model_validate(raised), events.WarningCleared.model_validate(cleared)


def _notifications() -> tuple[Event, ...]:
    common = {
        "notification_id": _NOTIFICATION,
        "subject_kind": "case",
        "subject_id": _REPORT,
        "body": _COMMITTEE,
        "channel": "email",
        "delivery_id": _DELIVERY,
        "at": _AT + timedelta(seconds=20),
    }
    return (
        events.NotificationDelivered.model_validate(common),
        events.NotificationFailed.model_validate(common | {"error": "mailbox_unavailable"}),
    )
