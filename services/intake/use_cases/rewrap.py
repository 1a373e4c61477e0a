"""A key-encryption key is retired: what is sealed under it is put under the present one.

Start intake with the new key as the active one and the old one among the former, rewrap, then drop the old.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from services.intake.domain.envelopes import Purpose, prefix, reseal
from services.intake.domain.sealing import KekRing, KekUnknown, SealBroken, Sealed, open_sealed, rewrap
from services.intake.store import seals
from shared.database import Connection, Database

K = TypeVar("K")
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """One batch of `kind`: how many rows are under the active key now, and how many no key opens."""

    kind: str
    done: int
    unopened: int


@dataclass(frozen=True, slots=True)
class _Shelf(Generic[K, S]):
    """A table's sealed rows: `former` locks the next ones after a key, `renewed` seals one anew."""

    kind: str
    first: K
    former: Callable[[Connection, K, int], Awaitable[list[tuple[K, S]]]]
    renewed: Callable[[K, S], S]
    write: Callable[[Connection, Sequence[tuple[K, S]]], Awaitable[None]]


async def rewrap_all(database: Database, ring: KekRing, *, batch: int = 500) -> AsyncIterator[Rewrapped]:
    """Put keys of sources, dead letters and identities under the active key, a transaction a batch.

    A row that no key of the ring opens stays as it is and is counted. Doing it again goes on where it
    stopped; what is erased meanwhile stays erased.
    """
    for shelf in _shelves(ring):
        after = shelf.first
        while True:
            async with database.transaction() as tx:
                rows = await shelf.former(tx, after, batch)
                renewed = _renewed(shelf, rows)
                await shelf.write(tx, renewed)
            if not rows:
                break
            after = rows[-1][0]
            yield Rewrapped(shelf.kind, len(renewed), len(rows) - len(renewed))


def _renewed(shelf: _Shelf[K, S], rows: Sequence[tuple[K, S]]) -> list[tuple[K, S]]:
    found = []
    for key, sealed in rows:
        try:
            found.append((key, shelf.renewed(key, sealed)))
        except (KekUnknown, SealBroken):
            continue
    return found


def _shelves(ring: KekRing) -> tuple[_Shelf[Any, Any], ...]:
    active = prefix(ring)

    def under(purpose: Purpose) -> Callable[[object, bytes], bytes]:
        return lambda _key, sealed: reseal(ring, purpose, sealed)

    def identity(report_id: UUID, sealed: Sealed) -> Sealed:
        moved = rewrap(ring, report_id, sealed)
        open_sealed(ring, report_id, moved)  # never exchange a key for one that opens nothing
        return moved

    return (
        _Shelf(
            "source keys",
            ("", ""),
            lambda tx, after, limit: seals.source_keys(tx, after, active, limit),
            under("source-key"),
            seals.write_source_keys,
        ),
        _Shelf(
            "dead letters",
            0,
            lambda tx, after, limit: seals.letters(tx, after, active, limit),
            under("dead-letter"),
            seals.write_letters,
        ),
        _Shelf(
            "identities",
            UUID(int=0),
            lambda tx, after, limit: seals.identities(tx, after, ring.active, limit),
            identity,
            seals.write_identities,
        ),
    )
