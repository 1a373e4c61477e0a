"""One step of a report's way."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """When, where (a table, or topic[partition]@offset), what happened, and codes that say more."""

    at: datetime | None
    where: str
    what: str
    facts: dict[str, Any]

    @property
    def order(self) -> datetime:
        """What has no time yet comes last."""
        return self.at or _LAST

    def as_json(self) -> dict[str, Any]:
        return {"at": self.at, "where": self.where, "what": self.what, **self.facts}
