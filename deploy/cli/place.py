"""Where the installation is that a command speaks of: the data folder, and what runs there."""

import asyncio
import logging
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar
from urllib.parse import urlsplit

import asyncpg
import structlog

from deploy.cli.problems import Problem
from deploy.local.installation import Installation
from deploy.local.stack import default_data_dir, read_info
from shared.database import Connection, Database

T = TypeVar("T")


def installation() -> Installation:
    """The installation in the data folder, whose two servers run. Raises Problem in plain words otherwise."""
    folder = default_data_dir()
    info = read_info(folder)
    if info is None:
        raise Problem(f"nothing runs in {folder} (start it: langnghe up; or say where it is: LANGNGHE_DATA)")
    dsn = urlsplit(info.admin_dsn)
    for name, address in (("PostgreSQL", f"{dsn.hostname}:{dsn.port}"), ("Kafka", info.bootstrap)):
        if not _listens(address):
            raise Problem(f"{name} of {folder} does not answer on {address} (start it: langnghe up)")
    return Installation(folder, info.admin_dsn, info.bootstrap)


def _listens(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=2).close()
    except OSError:
        return False
    return True


def run(work: Awaitable[T]) -> T:
    """Run a command's asynchronous part. Logs of the parts it uses go to standard error, warnings only."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )

    async def go() -> T:
        return await work

    return asyncio.run(go())


@asynccontextmanager
async def reader(where: Installation) -> AsyncIterator[Connection]:
    """A connection of the role that reads every schema and writes none."""
    connection = await asyncpg.connect(where.dsn("reader"))
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def database(where: Installation, service: str, role: str = "") -> AsyncIterator[Database]:
    """A service's schema, by its own role, or by `role` ("reader")."""
    opened = Database(where.dsn(role or service), service)
    await opened.open()
    try:
        yield opened
    finally:
        await opened.close()


async def as_owner(where: Installation, service: str, work: Callable[[Database], Awaitable[T]]) -> T:
    """Do `work` with the service's own role."""
    async with database(where, service) as opened:
        return await work(opened)
