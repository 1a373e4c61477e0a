"""The text of every version of the rules that ever decided: so that an old case can be explained."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import orjson

from shared.database import Connection

_KEEP = "INSERT INTO rules (version, files) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_FILES = "SELECT files FROM rules WHERE version = $1"
_VERSIONS = "SELECT version, taken_at FROM rules ORDER BY taken_at, version"


class Taken(NamedTuple):
    """A version, and since when it decides."""

    version: str
    at: datetime


async def keep(tx: Connection, version: str, files: Mapping[str, bytes]) -> None:
    """Keep a version's files, for good; harmless when repeated."""
    await tx.execute(_KEEP, version, orjson.dumps({name: text.decode() for name, text in files.items()}))


async def files(tx: Connection, version: str) -> dict[str, bytes] | None:
    """A version's files by name; None if it never decided here."""
    stored = await tx.fetchval(_FILES, version)
    return None if stored is None else {name: text.encode() for name, text in orjson.loads(stored).items()}


async def versions(tx: Connection) -> list[Taken]:
    """Every version that was taken over, the oldest first."""
    return [Taken(*row) for row in await tx.fetch(_VERSIONS)]
