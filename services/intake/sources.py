"""The registered sources as this process knows them."""

import time
from collections.abc import Iterable

import structlog

from services.intake import metrics
from services.intake.domain.envelopes import open_bytes
from services.intake.domain.sealing import KekRing, KekUnknown, SealBroken
from services.intake.domain.source import Source, token_hash
from services.intake.domain.submission import CHANNELS, Door
from services.intake.store import sources as store
from shared.database import Connection, Database
from shared.telemetry import NotReady

log = structlog.get_logger()


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
        """Load every source by a connection at hand. A key that cannot be opened harms its source only."""
        found = [_source(self._ring, row) for row in await store.all_sources(connection)]
        self._tell_sealed(found)
        self._by_id = {source.id: source for source in found}
        self._by_token = {source.token_hash: source for source in found}

    def get(self, source_id: str) -> Source | None:
        """The source of this id, active or not."""
        return self._by_id.get(source_id)

    async def know(self, connection: Connection, wanted: Iterable[tuple[str, str | None]]) -> None:
        """Load anew if a (source, key id) among `wanted` is not known yet."""
        for source_id, key_id in wanted:
            known = self._by_id.get(source_id)
            if known is None or (key_id not in known.keys and key_id not in known.sealed_keys):
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

    async def check_keys(self) -> None:
        """Raises NotReady where a source has a key that this process cannot open; the log names it."""
        sealed = sum(bool(source.sealed_keys) for source in self._by_id.values())
        if sealed:
            raise NotReady(f"keys of {sealed} sources cannot be opened")

    def _tell_sealed(self, found: list[Source]) -> None:
        metrics.SEALED_KEYS.set(sum(len(source.sealed_keys) for source in found))
        for source in found:
            known = self._by_id.get(source.id)
            if source.sealed_keys and (known is None or known.sealed_keys != source.sealed_keys):
                log.error("source.keys_sealed", source=source.id, key_ids=sorted(source.sealed_keys))


def _source(ring: KekRing, row: store.SourceRecord) -> Source:
    keys, sealed_keys = {}, set()
    for key_id, sealed in zip(row["key_ids"], row["sealed_keys"], strict=True):
        try:
            keys[key_id] = open_bytes(ring, "source-key", sealed)
        except (KekUnknown, SealBroken):
            sealed_keys.add(key_id)
    channels = frozenset(channel for channel in CHANNELS if channel in row["channels"])
    door = Door(True, channels, "api" if "api" in channels else None)
    return Source(
        row["id"],
        keys,
        row["token_hash"],
        door,
        row["quota_per_minute"],
        row["active"],
        frozenset(sealed_keys),
    )
