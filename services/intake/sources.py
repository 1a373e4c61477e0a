"""The registered sources as this process knows them."""

import time
from collections.abc import Iterable

from services.intake.domain.envelopes import open_bytes
from services.intake.domain.sealing import KekRing
from services.intake.domain.source import Source, token_hash
from services.intake.domain.submission import CHANNELS, Door
from services.intake.store import sources as store
from shared.database import Connection, Database


class Sources:
    """Loaded every few seconds, and at once when somebody unknown is met: it may be new."""

    def __init__(self, database: Database, ring: KekRing) -> None:
        self._database = database
        self._ring = ring
        self._by_id: dict[str, Source] = {}
        self._by_token: dict[bytes, Source] = {}
        self._ask_again_at = 0.0

    async def refresh(self) -> None:
        """Load every source."""
        async with self._database.connection() as connection:
            await self.load(connection)

    async def load(self, connection: Connection) -> None:
        """Load every source by a connection at hand."""
        found = [self._source(row) for row in await store.all_sources(connection)]
        self._by_id = {source.id: source for source in found}
        self._by_token = {source.token_hash: source for source in found}

    def get(self, source_id: str) -> Source | None:
        """The source of this id, active or not."""
        return self._by_id.get(source_id)

    async def know(self, connection: Connection, wanted: Iterable[tuple[str, str | None]]) -> None:
        """Load anew if a (source, key id) among `wanted` is not known yet."""
        for source_id, key_id in wanted:
            known = self._by_id.get(source_id)
            if known is None or key_id not in known.keys:
                await self.load(connection)
                return

    async def by_token(self, token: str) -> Source | None:
        """The active source that this bearer token belongs to."""
        digest = token_hash(token)
        if digest not in self._by_token and time.monotonic() > self._ask_again_at:
            self._ask_again_at = time.monotonic() + 1
            await self.refresh()
        source = self._by_token.get(digest)
        return source if source is not None and source.active else None

    def _source(self, row: store.SourceRecord) -> Source:
        keys = {
            key_id: open_bytes(self._ring, "source-key", sealed)
            for key_id, sealed in zip(row["key_ids"], row["sealed_keys"], strict=True)
        }
        channels = frozenset(channel for channel in CHANNELS if channel in row["channels"])
        door = Door(True, channels, "api" if "api" in channels else None)
        return Source(row["id"], keys, row["token_hash"], door, row["quota_per_minute"], row["active"])
