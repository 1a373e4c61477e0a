"""Real Kafka and PostgreSQL for tests: embedded ones by default, testcontainers where asked.

`LANGNGHE_TEST_INFRA=containers` uses a Docker engine; anything else (or nothing) starts `deploy.local`.
Both offer `Infra`. What only a process of ours can do (kill, freeze, restart) is on `EmbeddedInfra`; a
test that needs it takes the fixture `embedded`, which skips on containers.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlsplit, urlunsplit

import pytest

from deploy.local.kafka import Kafka
from deploy.local.kafka_config import PROPERTIES
from deploy.local.postgres import DATABASE, SUPERUSER, Postgres
from deploy.local.stack import Stack

POSTGRES_IMAGE = "postgres:18"
CONTAINER_PASSWORD = "for-tests-only"
# A member that died is let go after its session timeout: tests of that need not wait for six seconds each.
BROKER = {"group.min.session.timeout.ms": "1000"}


class Infra(Protocol):
    """What every test may rely on, wherever the servers run."""

    @property
    def bootstrap(self) -> str:
        """Kafka's bootstrap servers."""
        ...

    def dsn(self, user: str = SUPERUSER, password: str | None = None, database: str = DATABASE) -> str:
        """A libpq URI of PostgreSQL; the superuser's password is filled in."""
        ...

    def stop(self) -> None:
        """Stop both servers and delete their data."""
        ...


class EmbeddedInfra:
    """Our own processes under `data_dir`; they die with the thread that made this."""

    def __init__(self, data_dir: Path) -> None:
        self._stack = Stack(data_dir, die_with_parent=True)
        self._stack.kafka.properties.update(BROKER)
        self._stack.up()

    @property
    def bootstrap(self) -> str:
        """Kafka's bootstrap servers."""
        return self._stack.kafka.bootstrap

    @property
    def kafka(self) -> Kafka:
        """The broker, to kill, freeze and start."""
        return self._stack.kafka

    @property
    def postgres(self) -> Postgres:
        """The database server, to kill, freeze and start."""
        return self._stack.postgres

    def dsn(self, user: str = SUPERUSER, password: str | None = None, database: str = DATABASE) -> str:
        """A libpq URI of PostgreSQL; the superuser's password is filled in."""
        return self._stack.postgres.dsn(user, password, database)

    def heal(self) -> None:
        """Make both serve again, whatever a test did to them."""
        self._stack.kafka.thaw()
        self._stack.postgres.thaw()
        self._stack.up()

    def stop(self) -> None:
        """Stop both servers and delete their data."""
        self._stack.down()
        shutil.rmtree(self._stack.data_dir)


class ContainerInfra:
    """The same servers by testcontainers, for machines with a Docker engine."""

    def __init__(self) -> None:
        from testcontainers.community.kafka import KafkaContainer
        from testcontainers.community.postgres import PostgresContainer

        # The library's own default image: its start script does not fit those of version 8.
        self._kafka = KafkaContainer().with_kraft()
        for name, value in _broker_environment().items():
            self._kafka.with_env(name, value)
        self._postgres = PostgresContainer(
            POSTGRES_IMAGE, username=SUPERUSER, password=CONTAINER_PASSWORD, dbname=DATABASE, driver=None
        )
        with contextlib.ExitStack() as undo:
            self._kafka.start()
            undo.callback(self._kafka.stop)
            self._postgres.start()
            undo.pop_all()

    @property
    def bootstrap(self) -> str:
        """Kafka's bootstrap servers."""
        return str(self._kafka.get_bootstrap_server())

    def dsn(self, user: str = SUPERUSER, password: str | None = None, database: str = DATABASE) -> str:
        """A libpq URI of PostgreSQL; the superuser's password is filled in."""
        url = urlsplit(self._postgres.get_connection_url(driver=None))
        if password is None and user == SUPERUSER:
            password = CONTAINER_PASSWORD
        login = quote(user, safe="") + ("" if password is None else f":{quote(password, safe='')}")
        return urlunsplit(
            ("postgresql", f"{login}@{url.hostname}:{url.port}", f"/{quote(database, safe='')}", "", "")
        )

    def stop(self) -> None:
        """Stop both servers and delete their data."""
        self._kafka.stop()
        self._postgres.stop()


def start_kafka_and_postgres(tmp: Path | None = None) -> Infra:
    """Start both, as LANGNGHE_TEST_INFRA says; embedded ones keep their data under `tmp`.

    Without `tmp` in a new folder of their own, not in pytest's: pytest closes its folder to others at
    each run, and PostgreSQL started by root runs as another user.
    """
    if os.environ.get("LANGNGHE_TEST_INFRA") == "containers":
        return ContainerInfra()
    return EmbeddedInfra(tmp or Path(tempfile.mkdtemp(prefix="langnghe-test-")))


def _broker_environment() -> dict[str, str]:
    """PROPERTIES as a container takes them, but for what places the listeners."""
    placed = ("listener", "process.roles", "node.id")
    return {
        "KAFKA_" + name.replace(".", "_").upper(): value
        for name, value in {**PROPERTIES, **BROKER}.items()
        if not any(part in name for part in placed)
    }


@pytest.fixture(scope="session")
def infra() -> Iterator[Infra]:
    """Kafka and PostgreSQL, started once for the session (with xdist: once for each worker)."""
    servers = start_kafka_and_postgres()
    yield servers
    servers.stop()


@pytest.fixture
def embedded(infra: Infra) -> Iterator[EmbeddedInfra]:
    """The session's embedded servers for a test that kills them; whole again afterwards."""
    if not isinstance(infra, EmbeddedInfra):
        pytest.skip("kills and freezes processes; needs the embedded servers")
    yield infra
    infra.heal()
