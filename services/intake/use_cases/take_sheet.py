"""A sheet comes in row by row: a bad row refuses itself, the same row again adds nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.intake import metrics
from services.intake.domain.candidate import Became, Candidate, Outcome, Refused
from services.intake.domain.keys import Keys
from services.intake.domain.problems import Problem, problem
from services.intake.domain.sheet import BadRow, Row, column, read_sheet
from services.intake.domain.source import Source
from services.intake.domain.submission import Accepted, Door, check_submission
from services.intake.domain.tracking import show, tracking_code
from services.intake.store import counts, sheets
from services.intake.store.sheets import SheetRow
from services.intake.use_cases.admit import Admit
from services.intake.use_cases.candidates import candidate, new_report_id, refusal
from services.intake.use_cases.refuse import refuse
from shared.database import Database

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class _Turned:
    """A row that does not come in."""

    number: int
    refused: Refused
    problems: tuple[Problem, ...]


class TakeSheet:
    """Takes sheets of registered sources."""

    def __init__(self, database: Database, keys: Keys, admit: Admit) -> None:
        self._database, self._keys, self._admit = database, keys, admit

    async def __call__(self, source: Source, content: bytes) -> SheetRow | Problem:
        """Accept a sheet; a Problem where the sheet as a whole cannot be read.

        Rows are committed in chunks: sent again after a crash, the rows that are in are duplicates.
        """
        rows = read_sheet(content, self._keys.bodies)
        if isinstance(rows, Problem):
            self._admit.refused("sheet", rows.code)
            return rows
        judged = [self._judge(source, row) for row in rows]
        turned = [j for j in judged if isinstance(j, _Turned)]
        coming = [j for j in judged if not isinstance(j, _Turned)]
        results = [_refusal(t.number, t.problems) for t in turned]
        for start in range(0, len(coming), _CHUNK):
            results += await self._accept(coming[start : start + _CHUNK])
        results.sort(key=lambda result: result["row"])
        return await self._keep(source, turned, results)

    def _judge(self, source: Source, row: Row | BadRow) -> tuple[int, Candidate] | _Turned:
        if isinstance(row, BadRow):
            return self._turned(source, row, row.problems)
        door = Door(True, source.door.channels, "bulk")
        found = check_submission(row.fields, door, datetime.now(UTC))
        if not isinstance(found, Accepted):
            return self._turned(source, row, found)
        return row.number, candidate(self._keys, source, row.key, row.fields, found, door="sheet")

    def _turned(self, source: Source, row: Row | BadRow, problems: tuple[Problem, ...]) -> _Turned:
        # The row's cells may not be encodable: it is told apart by its key and what is wrong with it.
        told = {"key": row.key, "problems": [p.code for p in problems]}
        return _Turned(
            row.number, refusal(self._keys, source, row.key, told, problems, reason="invalid_row"), problems
        )

    async def _accept(self, coming: Sequence[tuple[int, Candidate]]) -> list[dict[str, Any]]:
        outcomes = await self._admit([one for _, one in coming])
        results = []
        for (number, _), outcome in zip(coming, outcomes, strict=True):
            if outcome.became is Became.CONFLICT:
                results.append(_refusal(number, (problem("id", "key_reused"),)))
            else:
                code = show(tracking_code(self._keys.tracking, outcome.report_id))
                results.append(_taken(number, outcome, code))
        return results

    async def _keep(
        self, source: Source, turned: Sequence[_Turned], results: list[dict[str, Any]]
    ) -> SheetRow:
        many = Counter(result["outcome"] for result in results)
        sheet = SheetRow(
            new_report_id(),
            source.id,
            len(results),
            many["accepted"],
            many["duplicate"],
            many["rejected"],
            results,
        )
        async with self._database.transaction() as tx:
            await refuse(tx, [t.refused for t in turned], datetime.now(UTC))
            await sheets.insert(tx, sheet)
            tally = Counter(("sheet", "refused", t.problems[0].code) for t in turned)
            await counts.add(tx, tally)
            metrics.settled(tally)
        return sheet


def _taken(number: int, outcome: Outcome, code: str) -> dict[str, Any]:
    return {
        "row": number,
        "outcome": str(outcome.became),
        "report_id": str(outcome.report_id),
        "tracking_code": code,
        "problems": [],
    }


def _refusal(number: int, problems: tuple[Problem, ...]) -> dict[str, Any]:
    return {
        "row": number,
        "outcome": "rejected",
        "problems": [
            {
                "column": column(p.field),
                "field": p.field,
                "code": p.code,
                "detail": p.message_vi,
                "detail_en": p.message_en,
            }
            for p in problems
        ],
    }
