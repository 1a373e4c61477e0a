"""PostgreSQL for a service: its own role, its own schema, a pool that survives an absent server.

SQL is written as SQL (asyncpg, set-based); Alembic migrates (`shared/migrations.py`).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias, Union

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from shared.telemetry import held_until_commit

Connection: TypeAlias = Union["asyncpg.Connection[asyncpg.Record]", "PoolConnectionProxy[asyncpg.Record]"]

# 28, 3D, 3F and 42 say that roles or schema are not (yet) as the program needs: never an event's fault.
_TRANSIENT_CLASSES = frozenset({"08", "25", "28", "3D", "3F", "40", "42", "53", "55", "57", "58"})
_TRANSIENT = (
    OSError,
    TimeoutError,
    asyncio.IncompleteReadError,
    asyncpg.InterfaceError,
    # What asyncpg says of a connection that the server has ended, used before it has seen that end.
    asyncpg.InternalClientError,
)
_SESSION = {
    "timezone": "UTC",
    "jit": "off",
    # A frozen process must not hold its locks for ever: the server ends its transaction.
    "idle_in_transaction_session_timeout": "20000",
    "lock_timeout": "30000",
}


class Database:
    """A service's connections. Opening needs no server; using does.

    `service` names the role's schema (search_path) and shows as application_name.
    """

    def __init__(self, dsn: str, service: str, *, max_size: int = 10) -> None:
        self._dsn = dsn
        self._service = service
        self._max_size = max_size
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def open(self) -> None:
        if self._pool is None:
            self._pool = await asyncpg.create_pool(
                self._dsn,
                min_size=0,
                max_size=self._max_size,
                command_timeout=60,
                timeout=10,
                max_inactive_connection_lifetime=300,
                reset=_nothing_to_reset,
                server_settings={
                    **_SESSION,
                    "application_name": f"langnghe-{self._service}",
                    "search_path": self._service,
                },
            )

    async def close(self) -> None:
        """Close within five seconds, then cut: a hung server must not hold up a stop."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        try:
            await asyncio.wait_for(pool.close(), 5)
        except TimeoutError:
            pool.terminate()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection outside any transaction."""
        if self._pool is None:
            raise ConnectionError("the database is not open")
        async with self._pool.acquire(timeout=10) as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection in a READ COMMITTED transaction: committed at the end, rolled back on any error.

        What `after_commit` is given inside is told after the COMMIT.
        """
        with held_until_commit():
            async with self.connection() as connection, connection.transaction():
                yield connection

    async def ping(self) -> None:
        """Raises when the server does not answer within two seconds."""
        async with asyncio.timeout(2), self.connection() as connection:
            await connection.fetchval("SELECT 1")


async def _nothing_to_reset(_connection: object) -> None:
    """In place of asyncpg's query at every release, a round trip a transaction: nothing of ours outlives its
    transaction (advisory locks, settings), and an open one is rolled back by asyncpg itself."""


class Postponed(Exception):
    """What the work needs is not there yet (a map, say): try again later, lose nothing."""


def is_transient(error: BaseException) -> bool:
    """True where the same work may succeed later: connection, resources, deadlock, lock, state, schema."""
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "")[:2] in _TRANSIENT_CLASSES
    return isinstance(error, (Postponed, *_TRANSIENT))
