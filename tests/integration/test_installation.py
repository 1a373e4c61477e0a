"""An installation on real servers: least privilege, topics as declared, migrations down and up again."""

import asyncpg
import pytest
from kafka import KafkaAdminClient

from deploy.local.installation import Installation
from shared.contracts.topics import TOPICS
from shared.messaging.topics_admin import plan
from shared.migrations import SERVICES, migrate


async def test_a_service_sees_only_its_own_schema(installation: Installation) -> None:
    connection = await asyncpg.connect(installation.dsn("intake"))
    try:
        assert await connection.fetchval("SELECT count(*) FROM intake.positions") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT * FROM routing.positions")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("CREATE TABLE public.mine (a int)")
    finally:
        await connection.close()


async def test_the_reader_reads_everything_and_writes_nothing(installation: Installation) -> None:
    connection = await asyncpg.connect(installation.dsn("reader"))
    try:
        for service in SERVICES:
            assert await connection.fetchval(f"SELECT count(*) FROM {service}.positions") == 0
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"DELETE FROM {service}.positions")
    finally:
        await connection.close()


def test_the_topics_are_as_the_table_says(installation: Installation) -> None:
    admin = KafkaAdminClient(bootstrap_servers=installation.bootstrap)
    try:
        assert plan(admin, TOPICS.values()) == []
    finally:
        admin.close()


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_go_down_and_up_again(installation: Installation, service: str) -> None:
    migrate(service, installation.dsn(service), "base")
    migrate(service, installation.dsn(service), "head")


def test_preparing_twice_changes_nothing(installation: Installation) -> None:
    installation.prepare()
