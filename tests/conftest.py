"""Fixtures for every test."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog
from hypothesis import HealthCheck, settings
from kafka import KafkaAdminClient

from deploy.local.installation import Installation, create_database
from shared.contracts.topics import TOPICS
from tests.support import Running, delete_topics

if TYPE_CHECKING:
    from tests.infra import Infra

# How long an example takes says what else the machine does, not whether a rule holds.
settings.register_profile("langnghe", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("langnghe")
pytest_plugins = ["tests.infra", "tests.integration.ground.fixtures"]


@pytest.fixture(autouse=True)
def _logs_as_delivered() -> Iterator[None]:
    """A command that a test runs in this process says where its logs go: not for the tests after it."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def installation(infra: "Infra", tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A fresh database with every role and schema, and the six topics made anew; no service runs yet."""
    return new_installation(infra, tmp_path_factory.mktemp("installation"))


def new_installation(infra: "Infra", folder: Path) -> Installation:
    """As the fixture, under `folder`."""
    admin = KafkaAdminClient(bootstrap_servers=infra.bootstrap)
    delete_topics(admin, list(TOPICS))
    admin.close()
    made = Installation(
        folder,
        create_database(infra.dsn(), f"test_{folder.name.replace('-', '_')}_{id(folder):x}"),
        infra.bootstrap,
    )
    made.prepare()
    return made


@pytest.fixture
def running(installation: Installation) -> Iterator[Running]:
    """Starts and kills services of the module's installation; nothing is left behind."""
    processes = Running(installation)
    yield processes
    processes.stop_all()
