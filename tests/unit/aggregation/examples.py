"""Case events by the contract, for tests: a small invented province and short ways to say what happened."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from shared.contracts import events

PROVINCE, WEST, EAST, HAMLET = "uprovince1", "uwest00001", "ueast00001", "uhamlet001"
PATHS = {
    PROVINCE: (PROVINCE,),
    WEST: (WEST, PROVINCE),
    EAST: (EAST, PROVINCE),
    HAMLET: (HAMLET, WEST, PROVINCE),
}
DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)
_NAMES = UUID(int=24)


def case_id(n: int) -> UUID:
    return uuid5(_NAMES, str(n))


def facts(path: Sequence[str] = PATHS[WEST], **other: Any) -> events.CaseFacts:
    """A request about waste in the west, unless told otherwise."""
    said: dict[str, Any] = {
        "unit": path[0],
        "path": tuple(path),
        "purpose": "request",
        "category": "rac-thai",
        "legal_kind": "phan_anh",
        "severity": 1,
        "state": "opened",
        "level": "commune",
        "restricted": False,
        "listening_owner": f"mttq@{path[0]}",
        "resolving_owner": f"ubnd@{path[0]}",
        "channel": "web",
        "report_date": DAY,
        "submitted_at": NOW,
        "received_at": NOW,
        "clocks": events.Clocks(settle_by=NOW + timedelta(days=7), rule="mac-dinh@1"),
    }
    return events.CaseFacts(**(said | other))


def case_event(
    n: int, version: int = 1, after: events.CaseFacts | None = None, map_version: int = 1
) -> events.CaseEvent:
    """Version 1 opens the case, a higher one tells it again as it stands."""
    kind = events.CaseOpened if version == 1 else events.CaseSnapshot
    return kind(
        case_id=case_id(n),
        root_id=case_id(n),
        version=version,
        before=None,
        after=after or facts(),
        reasons=(events.Reason(rule="noi.goi-y", version="1"),),
        map_version=map_version,
        decided_at=NOW,
        audience=(f"mttq@{PROVINCE}",),
    )
