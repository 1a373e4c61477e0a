"""Tables, Kafka and dead letters put together in order of time."""

import base64
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from deploy.cli.place import reader
from deploy.cli.trace.entry import Entry
from deploy.cli.trace.records import Wanted, Where, records
from deploy.cli.trace.subject import Subject, identify
from deploy.cli.trace.tables import steps
from deploy.local.installation import Installation
from services.intake.domain.candidate import PUBLIC
from shared.database import Connection
from shared.migrations import SERVICES

# A letter that holds its record is known by the key in it; any letter by the place of a record in Kafka.
_LETTERS = " UNION ALL ".join(
    f"""
    SELECT '{service}' AS service, id, topic, partition, record_offset, reason, detail, state, created_at,
        settled_by, settled_reason, settled_at
    FROM {service}.dead_letters AS d
    WHERE (topic, partition, record_offset) IN (SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[]))
       OR EXISTS (SELECT 1 FROM unnest($4::bytea[]) AS named (key)
                  WHERE NOT d.sealed AND position(named.key IN d.payload) > 0)
    """  # noqa: S608 - the schemas are ours
    for service in SERVICES
)


@dataclass(frozen=True, slots=True)
class Story:
    """Whose way it is, and its steps."""

    subject: Subject
    entries: tuple[Entry, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "report_id": self.subject.report_id,
            "cases": list(self.subject.cases),
            "trace_id": self.subject.trace_id,
            "submitted_by": self.subject.scope,
            "entries": [entry.as_json() for entry in self.entries],
        }


async def tell(where: Installation, named: str, source: str | None = None, *, kafka: bool = True) -> Story:
    """A report's whole way. Raises Problem if nobody knows it, or Kafka cannot be read in time."""
    async with reader(where) as connection:
        subject = await identify(connection, where, named, source)
        entries = await steps(connection, subject.ids)
        wanted = Wanted(tuple(subject.ids), _raw(subject), _first(entries))
        found = await records(where.bootstrap, wanted) if kafka else {}
        entries += [*found.values(), *await _letters(connection, subject.ids, found)]
    return Story(subject, tuple(sorted(entries, key=lambda entry: entry.order)))


def _raw(subject: Subject) -> tuple[str, str] | None:
    """How a registered source's record names itself on `reports.submitted`."""
    if subject.scope in (None, PUBLIC) or subject.submission_key is None:
        return None
    return str(subject.scope), subject.submission_key


def _first(entries: Sequence[Entry]) -> datetime:
    return min(entry.at for entry in entries if entry.at is not None)


async def _letters(reader: Connection, ids: Sequence[UUID], places: Collection[Where]) -> list[Entry]:
    topics, partitions, offsets = ([place[n] for place in places] for n in range(3))
    keys = [b'"key":"' + base64.b64encode(str(id_).encode()) + b'"' for id_ in ids]
    found = []
    for row in await reader.fetch(_LETTERS, topics, partitions, offsets, keys):
        place = f"{row['topic']}[{row['partition']}]@{row['record_offset']}"
        name = {"letter": f"{row['service']}:{row['id']}", "record": place}
        why = {"reason": row["reason"], "detail": row["detail"]}
        found.append(Entry(row["created_at"], f"{row['service']}.dead_letters", "died", {**name, **why}))
        if row["settled_at"] is not None:
            by = {"by": row["settled_by"], "why": row["settled_reason"]}
            found.append(
                Entry(row["settled_at"], f"{row['service']}.dead_letters", row["state"], {**name, **by})
            )
    return found
