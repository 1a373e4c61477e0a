"""The checker on an installation where nothing has happened yet."""

import asyncio

from deploy.cli.checker import check
from deploy.cli.checker.kafka_view import read_kafka
from deploy.local.installation import Installation
from shared.contracts.topics import TOPICS


async def test_an_empty_installation_is_sound(installation: Installation) -> None:
    """Every topic is empty: there is nothing to read, nothing to wait for, and the reading always ends."""
    async with asyncio.timeout(60):
        for _ in range(20):
            assert (await read_kafka(installation.bootstrap, TOPICS)).topics.keys() == TOPICS.keys()
        report = await check(installation.dsn("reader"), installation.bootstrap)
    assert report.holds, report.as_json()
    assert report.results["I9"].holds is True
