"""Faults 18 and 19: everything is read again, or a topic is not the topic that it was."""

import asyncio
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from kafka import KafkaAdminClient

from shared.contracts.topics import TOPICS, consumed_by, group_of
from shared.messaging.topics_admin import apply
from shared.migrations import SERVICES
from tests.faults.town import Town
from tests.integration.intake.support import topic
from tests.support import delete_topics

pytestmark = pytest.mark.faults

# What the services know, without what only says when a row was written.
KNOWN = {
    "intake.submissions": "*",
    "intake.reports": "*",
    "intake.case_status": "case_id, version, state",
    "intake.refusals": "*",
    "routing.cases": "*",
    "routing.case_decisions": "*",
    "routing.case_texts": "*",
    "aggregation.counted_cases": "case_id, version, day, place, state",
    "aggregation.leaf_counts": "*",
    "aggregation.rollups": "*",
    "aggregation.warnings": "*",
    "notify.notifications": "*",
    "notify.deliveries": "*",
    "notify.known_cases": "*",
}
REWIND = """
UPDATE {0}.positions SET next_offset = started_at, consumed = 0, fresh = 0, duplicate = 0, dead = 0, holes = 0
"""


async def test_18_every_record_again_at_another_offset(town: Town) -> None:
    """Each topic's records are produced once more, with key and headers, behind the first ones."""
    await town.report(60)
    await town.quiet()
    before, mails = await known(town), await town.mails()
    for name in TOPICS:
        await _produce_again(town, name)
    await town.sound()
    assert await known(town) == before
    assert await town.mails() == mails


async def test_18_a_full_replay_changes_nothing(town: Town) -> None:
    """Positions with their counters and Kafka's own offsets go back to the beginning."""
    await town.report(60)
    await town.quiet()
    before, mails = await known(town), await town.mails()
    town.stop(*SERVICES)
    await town.as_admin("; ".join(REWIND.format(service) for service in SERVICES))
    await asyncio.to_thread(_forget_groups, town)
    await town.sound()
    assert await known(town) == before
    assert await town.mails() == mails
    assert await town.value("SELECT sum(fresh) FROM aggregation.positions") == 0


async def test_19_topics_deleted_and_made_again(town: Town) -> None:
    """All of them, while the services run: offsets begin at nought again, and what is new takes effect."""
    first = await town.report(60)
    await town.sound()
    old = await town.value("SELECT count(DISTINCT topic_id) FROM routing.positions")
    await asyncio.to_thread(_make_anew, town)
    second = await town.report(90)
    await town.settled(second)
    await town.sound()
    await town.taken(first + second)
    assert await town.value("SELECT count(DISTINCT topic_id) FROM routing.positions") == old + 2


async def known(town: Town) -> dict[str, Any]:
    """A digest of every table of effects."""
    found = {}
    for table, columns in KNOWN.items():
        digest = "count(*), md5(string_agg(t::text, '' ORDER BY t::text))"
        (row,) = await town.rows(f"SELECT {digest} FROM (SELECT {columns} FROM {table}) AS t")
        found[table] = tuple(row)
    return found


async def _produce_again(town: Town, name: str) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=town.installation.bootstrap, acks="all")
    await producer.start()
    try:
        for record in await asyncio.to_thread(topic, town.installation, name):
            await producer.send(
                name,
                value=record.value,
                key=record.key,
                headers=list(record.headers),
                partition=record.partition,
            )
        await producer.flush()
    finally:
        await producer.stop()


def _forget_groups(town: Town) -> None:
    admin = KafkaAdminClient(bootstrap_servers=town.installation.bootstrap)
    try:
        groups = [group_of(service, spec.name) for service in SERVICES for spec in consumed_by(service)]
        admin.delete_groups(groups)
    finally:
        admin.close()


def _make_anew(town: Town) -> None:
    admin = KafkaAdminClient(bootstrap_servers=town.installation.bootstrap)
    try:
        delete_topics(admin, list(TOPICS))
        apply(admin, TOPICS.values(), drained=lambda _topic: True)
    finally:
        admin.close()
