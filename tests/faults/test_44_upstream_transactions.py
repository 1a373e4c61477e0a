"""Fault 44: a registered source that writes in Kafka transactions, some of which it takes back."""

import asyncio
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer

from tests.faults.town import CONTACT, TEXT, Town
from tests.integration.intake.support import body, fresh_id, headers

pytestmark = pytest.mark.faults

HOLES = "SELECT sum(holes)::int FROM intake.positions WHERE topic = 'reports.submitted'"


async def test_44_an_upstream_that_commits_and_aborts(town: Town) -> None:
    """What is committed becomes cases, what is aborted nothing; positions pass markers and come to rest."""
    holes = await town.value(HOLES)
    committed: list[str] = []
    aborted: list[str] = []
    for n, commits in enumerate((True, False, True, False, False, True, False)):
        ids = [fresh_id() for _ in range(20 + n)]
        await _transaction(town, ids, commits=commits)
        (committed if commits else aborted).extend(ids)
    await town.settled(committed)
    await town.sound()
    await town.taken(committed)
    assert await town.value(_IN, aborted) == 0
    assert await town.value(HOLES) - holes >= len(aborted) + 7


async def test_44_nothing_but_aborts(town: Town) -> None:
    """A log that ends in aborted records and markers: nothing waits for ever, nobody spins."""
    await town.quiet()
    cpu = town.cpu_s("intake")
    for _ in range(5):
        await _transaction(town, [fresh_id() for _ in range(50)], commits=False)
    await town.quiet()
    await asyncio.sleep(3)
    assert town.cpu_s("intake") - cpu < 3
    await town.sound()


async def test_44_an_open_transaction_holds_back_but_loses_nothing(town: Town) -> None:
    """Records behind an open transaction wait until it ends, also while intake dies meanwhile."""
    open_ids = [fresh_id() for _ in range(12)]
    producer = AIOKafkaProducer(
        bootstrap_servers=town.installation.bootstrap, transactional_id=f"upstream-{uuid4()}"
    )
    await producer.start()
    try:
        await producer.begin_transaction()
        await _send(producer, open_ids)
        behind = await town.report(60)
        town.running.kill("intake")
        await town.whole()
        await producer.commit_transaction()
    finally:
        await producer.stop()
    await town.settled(open_ids + behind)
    await town.sound()
    await town.taken(open_ids + behind)


_IN = "SELECT count(*) FROM intake.submissions WHERE submission_key = ANY ($1::text[])"


async def _transaction(town: Town, ids: list[str], *, commits: bool) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=town.installation.bootstrap, transactional_id=f"upstream-{uuid4()}"
    )
    await producer.start()
    try:
        await producer.begin_transaction()
        await _send(producer, ids)
        if commits:
            await producer.commit_transaction()
        else:
            await producer.abort_transaction()
    finally:
        await producer.stop()


async def _send(producer: AIOKafkaProducer, ids: list[str]) -> None:
    for n, id_ in enumerate(ids):
        payload = body(TEXT.format(n=n), **CONTACT)
        await producer.send("reports.submitted", payload, key=id_.encode(), headers=headers(id_, payload))
    await producer.flush()
