"""I10: personal data that was planted in submissions (canaries) stands nowhere but under seal.

Looked through: every topic but `reports.submitted` (decompressed: keys, headers, values), every column of
every table, dead letters as they would be read, logs and metrics. A culprit names the place and the canary's
number in the list, never the canary.
"""

import json
import mmap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from deploy.cli.checker.result import SHOWN
from shared.database import Connection
from shared.messaging.dead_letters import thaw
from shared.migrations import SERVICES

OUTSIDERS_TOPIC = "reports.submitted"
_COLUMNS = """
SELECT table_schema, table_name, array_agg(column_name::text) FILTER (WHERE data_type = 'bytea') AS binary
FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = ANY ($1::text[]) AND table_type = 'BASE TABLE'
GROUP BY table_schema, table_name ORDER BY table_schema, table_name
"""
_IN_TABLE = """
SELECT c.number, t.ctid::text AS at, count(*) OVER () AS found
FROM {table} AS t
JOIN unnest($1::text[], $2::bytea[], $3::int[]) AS c (letters, octets, number)
    ON strpos(t::text, c.letters) > 0 {binary}
LIMIT {most}
"""
_READABLE = """
SELECT topic, partition, record_offset, payload FROM {schema}.dead_letters
WHERE NOT sealed AND payload IS NOT NULL
"""


class Canaries:
    """The planted strings, as they are and as JSON would escape them; `seen` collects where one stands."""

    def __init__(self, planted: Sequence[str]) -> None:
        self.seen: list[str] = []
        self._forms = [
            (number, form.encode())
            for number, text in enumerate(planted)
            for form in dict.fromkeys((text, json.dumps(text)[1:-1]))
        ]

    def look_at_records(self, records: Sequence[Any]) -> None:
        """A batch of one partition: searched as one piece, and one by one only if that finds something."""
        if records[0].topic == OUTSIDERS_TOPIC or not self._numbers(b"\n".join(map(_octets, records))):
            return
        for record in records:
            where = f"{record.topic}[{record.partition}]@{record.offset}"
            self.look_at(where, _octets(record))

    def look_at(self, where: str, content: bytes | mmap.mmap) -> None:
        """Search one piece."""
        self.seen += [f"{where}: canary {number}" for number in self._numbers(content)]

    def look_at_logs(self, folder: Path) -> int:
        """Search every log file under the folder; returns how many there are."""
        paths = sorted(path for path in folder.rglob("*.log") if path.stat().st_size)
        for path in paths:
            with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                self.look_at(path.name, content)
        return len(paths)

    def look_at_metrics(self, metrics: Mapping[str, str]) -> None:
        """Search texts of /metrics, by service."""
        for service, text in metrics.items():
            self.look_at(f"{service}/metrics", text.encode())

    async def look_at_tables(self, reader: Connection) -> None:
        """Search every column of every table, text and bytes alike, then the readable dead letters."""
        for row in await reader.fetch(_COLUMNS, list(SERVICES)):
            await self._look_at_table(reader, f"{row[0]}.{row[1]}", row["binary"] or ())
            if row["table_name"] == "dead_letters":
                await self._look_at_letters(reader, row["table_schema"])

    async def _look_at_table(self, reader: Connection, table: str, binary: Iterable[str]) -> None:
        conditions = "".join(f" OR position(c.octets IN t.{column}) > 0" for column in binary)
        found = await reader.fetch(
            _IN_TABLE.format(table=table, binary=conditions, most=SHOWN),
            [form.decode() for _, form in self._forms],
            [form for _, form in self._forms],
            [number for number, _ in self._forms],
        )
        self.seen += [f"{table} {row['at']}: canary {row['number']}" for row in found]

    async def _look_at_letters(self, reader: Connection, schema: str) -> None:
        for row in await reader.fetch(_READABLE.format(schema=schema)):
            record = thaw(row["payload"], row["topic"], row["partition"], row["record_offset"])
            where = f"{schema}.dead_letters {row['topic']}[{row['partition']}]@{row['record_offset']}"
            self.look_at(where, _octets(record))

    def _numbers(self, content: bytes | mmap.mmap) -> list[int]:
        return list(dict.fromkeys(n for n, form in self._forms if content.find(form) >= 0))


def _octets(record: Any) -> bytes:
    headers = (
        part for name, value in record.headers for part in (name.encode(errors="replace"), value or b"")
    )
    return b"\n".join((record.key or b"", record.value or b"", *headers))
