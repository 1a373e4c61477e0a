"""Which report is meant: by its id, a case's id, its tracking code, or its source's own id."""

from dataclasses import dataclass
from uuid import UUID

from deploy.cli.owners import intake_keys
from deploy.cli.problems import Problem
from deploy.local.installation import Installation
from services.intake.domain.tracking import code_hash, parse
from shared.database import Connection

_BY_CODE = "SELECT report_id FROM intake.reports WHERE tracking_hash = $1"
_BY_SOURCE = """
SELECT report_id FROM intake.submissions WHERE scope = $1 AND submission_key = $2
UNION ALL SELECT report_id FROM intake.refusals WHERE scope = $1 AND submission_key = $2 LIMIT 1
"""
_ROOT = "SELECT root_id FROM routing.cases WHERE case_id = $1"
_KNOWN = """
SELECT EXISTS (SELECT 1 FROM intake.reports WHERE report_id = $1)
    OR EXISTS (SELECT 1 FROM intake.refusals WHERE report_id = $1)
"""
_SUBMISSION = """
SELECT scope, submission_key, at FROM intake.submissions WHERE report_id = $1
UNION ALL SELECT scope, submission_key, at FROM intake.refusals WHERE report_id = $1 ORDER BY at LIMIT 1
"""
_CASES = "SELECT case_id FROM routing.cases WHERE root_id = $1 ORDER BY case_id"
_TRACE = "SELECT traceparent FROM intake.reports WHERE report_id = $1"


@dataclass(frozen=True, slots=True)
class Subject:
    """A report (or the id that a refused one would have had) and the cases that it became."""

    report_id: UUID
    cases: tuple[UUID, ...]
    scope: str | None
    """Who submitted it: a registered source's id, or `public`."""
    submission_key: str | None
    trace_id: str | None

    @property
    def ids(self) -> list[UUID]:
        """The report and its cases; a root case has its report's id."""
        return sorted({self.report_id, *self.cases})


async def identify(reader: Connection, where: Installation, named: str, source: str | None) -> Subject:
    """Find the report. Raises Problem if nobody knows it."""
    report = await _report(reader, where, named, source)
    if report is None or not await reader.fetchval(_KNOWN, report):
        raise Problem(
            f"no report is known by {named!r}. A record that nobody could read or trust is a sealed dead "
            "letter: langnghe dead-letters list --service intake"
        )
    submission = await reader.fetchrow(_SUBMISSION, report)
    traceparent = await reader.fetchval(_TRACE, report)
    return Subject(
        report,
        tuple(row["case_id"] for row in await reader.fetch(_CASES, report)),
        submission["scope"] if submission else None,
        submission["submission_key"] if submission else None,
        traceparent.split("-")[1] if traceparent else None,
    )


async def _report(reader: Connection, where: Installation, named: str, source: str | None) -> UUID | None:
    if source is not None:
        by_source: UUID | None = await reader.fetchval(_BY_SOURCE, source, named)
        return by_source
    try:
        asked = UUID(named)
    except ValueError:
        code = parse(named)
        if code is None:
            raise Problem(
                f"{named!r} is neither an id nor a tracking code (a source's own id: --source)"
            ) from None
        by_code: UUID | None = await reader.fetchval(_BY_CODE, code_hash(intake_keys(where).tracking, code))
        return by_code
    return await reader.fetchval(_ROOT, asked) or asked
