"""Sheets that came in, with what became of each row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from shared.database import Connection


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A sheet's outcome. `results`: one object a row of the sheet, with codes and tracking codes, no text."""

    sheet_id: UUID
    source_id: str
    rows: int
    accepted: int
    duplicates: int
    rejected: int
    results: Sequence[dict[str, Any]]
    uploaded_at: datetime | None = None


_INSERT = """
INSERT INTO sheets (sheet_id, source_id, rows, accepted, duplicates, rejected, results)
VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb)
"""
_ONE = """
SELECT sheet_id, source_id, rows, accepted, duplicates, rejected, results, uploaded_at
FROM sheets WHERE sheet_id = $1 AND source_id = $2
"""


async def insert(tx: Connection, sheet: SheetRow) -> None:
    """Keep a sheet's outcome."""
    await tx.execute(
        _INSERT,
        sheet.sheet_id,
        sheet.source_id,
        sheet.rows,
        sheet.accepted,
        sheet.duplicates,
        sheet.rejected,
        orjson.dumps(sheet.results).decode(),
    )


async def one(connection: Connection, sheet_id: UUID, source_id: str) -> SheetRow | None:
    """A source's own sheet, or None."""
    row = await connection.fetchrow(_ONE, sheet_id, source_id)
    return SheetRow(**{**row, "results": orjson.loads(row["results"])}) if row else None
