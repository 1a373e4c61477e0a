"""A case as a row and back. Reasons are JSON bytes, as findings are: read on pages, never searched."""

from collections.abc import Sequence
from typing import Any

import asyncpg
import orjson

from services.routing.domain.case import Case, Deadlines, Facts, Observed, Reason
from services.routing.store.findings import findings_bytes, findings_of

CASE_COLUMNS = (
    "case_id",
    "root_id",
    "version",
    "unit",
    "path",
    "purpose",
    "category",
    "legal_kind",
    "severity",
    "flags",
    "state",
    "level",
    "restricted",
    "listening_owner",
    "resolving_owner",
    "channel",
    "organisation",
    "observed_group",
    "stance",
    "breadth",
    "people",
    "second_hand",
    "report_date",
    "submitted_at",
    "received_at",
    "forward_by",
    "settle_by",
    "listen_by",
    "deadline_rule",
    "deadline_provisional",
    "incident",
    "outcome",
    "object_by",
    "path_then",
    "audience",
    "findings",
    "map_version",
    "rules_version",
    "chain_head",
    "look_at",
)
_NOT_OBSERVED: tuple[Any, ...] = (None, None, None, None, None)
_NO_CLOCKS: tuple[Any, ...] = (None, None, None, None, False)


def case_row(case: Case) -> tuple[Any, ...]:
    """The case in the order of CASE_COLUMNS."""
    f = case.facts
    seen, clocks = f.observation, f.deadlines
    return (
        case.case_id,
        case.root_id,
        case.version,
        f.unit,
        f.path,
        f.purpose,
        f.category,
        f.legal_kind,
        f.severity,
        f.flags,
        f.state,
        f.level,
        f.restricted,
        f.listening_owner,
        f.resolving_owner,
        f.channel,
        f.organisation,
        *((seen.group, seen.stance, seen.breadth, seen.people, seen.second_hand) if seen else _NOT_OBSERVED),
        f.report_date,
        f.submitted_at,
        f.received_at,
        *(
            (clocks.forward_by, clocks.settle_by, clocks.listen_by, clocks.rule, clocks.provisional)
            if clocks
            else _NO_CLOCKS
        ),
        f.incident,
        f.outcome,
        f.object_by,
        f.path_then,
        case.audience,
        findings_bytes(case.findings),
        case.map_version,
        case.rules_version,
        case.head,
        case.look_at,
    )


def case_of(row: asyncpg.Record) -> Case:
    """The case that a row of `cases` holds."""
    facts = Facts(
        unit=row["unit"],
        path=tuple(row["path"]),
        purpose=row["purpose"],
        category=row["category"],
        legal_kind=row["legal_kind"],
        severity=row["severity"],
        flags=tuple(row["flags"]),
        state=row["state"],
        level=row["level"],
        restricted=row["restricted"],
        listening_owner=row["listening_owner"],
        resolving_owner=row["resolving_owner"],
        channel=row["channel"],
        organisation=row["organisation"],
        observation=_observed(row),
        report_date=row["report_date"],
        submitted_at=row["submitted_at"],
        received_at=row["received_at"],
        deadlines=_deadlines(row),
        incident=row["incident"],
        outcome=row["outcome"],
        object_by=row["object_by"],
        path_then=row["path_then"] and tuple(row["path_then"]),
    )
    return Case(
        case_id=row["case_id"],
        root_id=row["root_id"],
        version=row["version"],
        facts=facts,
        findings=findings_of(row["findings"]),
        audience=tuple(row["audience"]),
        map_version=row["map_version"],
        rules_version=row["rules_version"],
        head=row["chain_head"],
        look_at=row["look_at"],
    )


def _observed(row: asyncpg.Record) -> Observed | None:
    if row["observed_group"] is None:
        return None
    return Observed(
        row["observed_group"],
        row["stance"],
        row["breadth"],
        row["people"],
        second_hand=row["second_hand"],
    )


def _deadlines(row: asyncpg.Record) -> Deadlines | None:
    if row["forward_by"] is None:
        return None
    return Deadlines(
        row["forward_by"],
        row["settle_by"],
        row["listen_by"],
        row["deadline_rule"],
        provisional=row["deadline_provisional"],
    )


def reasons_bytes(reasons: Sequence[Reason]) -> bytes:
    """Reasons with the words that they matched: for officers, erased with the reporter."""
    return orjson.dumps(
        [{"rule": r.rule, "version": r.version, "basis": r.basis, "words": r.words} for r in reasons]
    )


def reasons_of(stored: bytes) -> tuple[Reason, ...]:
    """Reasons from their JSON bytes."""
    return tuple(Reason(r["rule"], r["version"], r["basis"], tuple(r["words"])) for r in orjson.loads(stored))
