"""A record of `reports.submitted`: whose it is, whether it may come in, and if not, why."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from services.intake.domain import strict_json
from services.intake.domain.candidate import Candidate, Key, Refused, plain_key
from services.intake.domain.problems import Problem
from services.intake.domain.signature import Signed, Verdict, verify
from services.intake.domain.source import Source
from services.intake.domain.submission import Accepted, body_hash, codes_of, decide

SUBMITTED_TYPE: Final = "langnghe.ReportSubmitted.v1"
"""CloudEvents type of a raw submission from upstream."""
OUR_HEADERS: Final = frozenset(
    {
        "ce_specversion",
        "ce_id",
        "ce_source",
        "ce_type",
        "ce_time",
        "content-type",
        "traceparent",
        "ln_keyid",
        "ln_signature",
    }
)
"""Headers that may be named where no seal is: any other name came from outside."""
Headers = Sequence[tuple[str, bytes | None]]
MAX_BODY: Final = 256 * 1024
_TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


class Submitted(NamedTuple):
    """A record as it was signed, with the id and the trace it gets if it comes in."""

    signed: Signed
    key_id: str | None
    signature: str | None
    report_id: UUID
    traceparent: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Untrusted:
    """A record that proves no sender: it goes to the sealed dead letters and nobody is answered.

    One of `source_keys_sealed` may prove it once its source's key can be opened again: redrive it then.
    """

    reason: str


def header_problem(source: str, event_id: str) -> str | None:
    """Why a record's headers cannot name a submission, or None."""
    for name, value in (("ce_source", source), ("ce_id", event_id)):
        if not plain_key(value):
            return f"header {name}: not one line of at most 200 characters"
    return None


def claimed_key(headers: Headers) -> Key | None:
    """The natural key that a record's headers name, proved or not; None where they name none."""
    found: dict[str, str] = {}
    for name, value in headers:
        if name in ("ce_source", "ce_id") and value is not None:
            found.setdefault(name, value.decode("utf-8", "replace"))
    key = found.get("ce_source", ""), found.get("ce_id", "")
    return key if all(map(plain_key, key)) else None


def trace_of(told: str | None) -> str | None:
    """The sender's trace if it is a well-formed one."""
    return told if told and _TRACEPARENT.fullmatch(told) else None


def judge(record: Submitted, source: Source | None, key: bytes) -> Candidate | Refused | Untrusted:
    """Decide on one record. `source` is the registered one that it names; `key` fingerprints bodies."""
    if source is None or not source.active:
        return Untrusted("source_unknown" if source is None else "source_inactive")
    if record.key_id in source.sealed_keys:
        return Untrusted("source_keys_sealed")
    verdict = verify(source.keys, record.key_id, record.signature, record.signed)
    if verdict is not Verdict.VALID:
        return Untrusted(verdict)
    fields = strict_json.parse(record.signed.body)
    if isinstance(fields, Problem):
        return _refused(record, body_hash(key, {"raw": record.signed.body.hex()}), (fields,))
    found = decide(fields, source.door, record.received_at)
    if not isinstance(found, Accepted):
        return _refused(record, body_hash(key, fields), found)
    return Candidate(
        record.signed.source,
        record.signed.event_id,
        "kafka",
        body_hash(key, fields),
        found,
        record.report_id,
        record.traceparent,
    )


def _refused(record: Submitted, fingerprint: bytes, problems: tuple[Problem, ...]) -> Refused:
    signed = record.signed
    reason, detail = "invalid_body", codes_of(problems)
    return Refused(
        signed.source, signed.event_id, fingerprint, reason, detail, record.report_id, record.traceparent
    )
