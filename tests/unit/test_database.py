"""Which errors of the database may pass, so that the same work is tried again, and which are the data's."""

import asyncpg
import pytest

from shared.database import Postponed, is_transient

PASSING = (
    asyncpg.exceptions.AdminShutdownError("57P01"),
    asyncpg.exceptions.DeadlockDetectedError("40P01"),
    asyncpg.exceptions.ConnectionDoesNotExistError("08003"),
    asyncpg.exceptions.UndefinedTableError("42P01"),
    asyncpg.InterfaceError("connection is closed"),
    # A connection that the server ended a moment ago, used before the client has seen its end.
    asyncpg.InternalClientError("cannot switch to state 15; another operation (2) is in progress"),
    ConnectionResetError(),
    TimeoutError(),
    Postponed(),
)
DATA = (
    asyncpg.exceptions.CharacterNotInRepertoireError("22021"),
    asyncpg.exceptions.UniqueViolationError("23505"),
    ValueError(),
    OverflowError(),
)


@pytest.mark.parametrize("error", PASSING, ids=lambda e: type(e).__name__)
def test_passing(error: Exception) -> None:
    assert is_transient(error)


@pytest.mark.parametrize("error", DATA, ids=lambda e: type(e).__name__)
def test_not_passing(error: Exception) -> None:
    assert not is_transient(error)
