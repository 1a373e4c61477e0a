"""The ground while its servers die, its members freeze or come and go."""

import asyncio
import signal

import asyncpg
import pytest
from kafka import KafkaAdminClient

from tests.infra import EmbeddedInfra
from tests.integration.ground.ground import SESSION_S, Effect, Ground, wanted
from tests.support import eventually

pytestmark = pytest.mark.faults


async def once(ground: Ground, effects: list[Effect]) -> None:
    await ground.has(set(effects))
    assert (await ground.position_sums())["fresh"] == len(effects)
    assert {effect for _, effect in await ground.announced()} == set(effects)
    await ground.sound()


async def test_a_frozen_member_is_fenced_when_it_thaws(ground: Ground) -> None:
    first, second, third = (wanted(20, 5, start=at) for at in (0, 100, 200))
    ground.start("zombie")
    await ground.send(first)
    await ground.has(set(first))
    ground.signal("zombie", signal.SIGSTOP)
    await ground.send(second)
    ground.start("heir")
    await ground.has(set(first + second), deadline_s=SESSION_S + 30)
    ground.signal("zombie", signal.SIGCONT)
    await ground.send(third)
    await once(ground, first + second + third)


@pytest.mark.slow
async def test_a_member_frozen_in_mid_transaction(ground: Ground) -> None:
    """The server ends its transaction, so the heir gets the positions' rows; the thawed one starts over."""
    effects, more = wanted(20, 5), wanted(20, 5, start=100)
    holder = await asyncpg.connect(ground.dsn, server_settings={"search_path": "toy"})
    try:
        ground.start("zombie")
        await ground.send([("first", 0)])
        await ground.has({("first", 0)})
        transaction = holder.transaction()
        await transaction.start()
        await holder.execute("LOCK TABLE effects IN SHARE MODE")
        await ground.send(effects)
        await eventually(lambda: _waiting_for_effects(ground), what="a batch to wait for the lock")
        ground.signal("zombie", signal.SIGSTOP)
        await transaction.rollback()
    finally:
        await holder.close()
    ground.start("heir")
    await ground.has(set(effects), deadline_s=60)
    ground.signal("zombie", signal.SIGCONT)
    await ground.send(more)
    await once(ground, [("first", 0), *effects, *more])


async def test_a_broker_killed_and_started_again(ground: Ground, embedded: EmbeddedInfra) -> None:
    first, before, after = (wanted(20, 10, start=at) for at in (0, 100, 200))
    ground.start(batch=5)
    await ground.send(first)
    await ground.has(set(first[:1]))
    await ground.send(before)
    embedded.kafka.kill()
    embedded.kafka.start()
    await ground.send(after)
    await once(ground, first + before + after)


async def test_a_database_killed_and_started_again(ground: Ground, embedded: EmbeddedInfra) -> None:
    before, after = wanted(20, 10), wanted(20, 10, start=100)
    ground.start(batch=5)
    await ground.send(before)
    embedded.postgres.kill()
    await ground.send(after)
    embedded.postgres.start()
    await once(ground, before + after)


async def test_connections_cut_again_and_again(ground: Ground) -> None:
    effects = wanted(50, 20)
    ground.start(batch=10)
    await ground.send(effects)
    for _ in range(8):
        await ground.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'langnghe-toy' "
            "AND datname = current_database()"
        )
        await asyncio.sleep(0.3)
    await once(ground, effects)


async def test_a_schema_that_is_not_ready_kills_no_record(ground: Ground) -> None:
    """A missing table is the deployment's fault, not the data's: wait, and write no dead letter."""
    effects = wanted(10, 10)
    await ground.rows("ALTER TABLE effects RENAME TO effects_later")
    await ground.send(effects)
    ground.start()

    async def refused() -> bool:
        return "UndefinedTableError" in ground.log("toy").read_text()

    await eventually(refused, what="the missing table to be noticed")
    assert (await ground.position_sums())["consumed"] == 0
    await ground.rows("ALTER TABLE effects_later RENAME TO effects")
    await once(ground, effects)
    assert await ground.letters() == []


async def test_a_rebalance_in_mid_transaction(ground: Ground) -> None:
    """A member's transaction is held up by a lock while two more join; nobody counts twice."""
    effects, more = wanted(20, 10), wanted(20, 10, start=100)
    holder = await asyncpg.connect(ground.dsn, server_settings={"search_path": "toy"})
    try:
        ground.start("one")
        await ground.send([("first", 0)])
        await ground.has({("first", 0)})
        transaction = holder.transaction()
        await transaction.start()
        await holder.execute("LOCK TABLE effects IN SHARE MODE")
        await ground.send(effects)
        await eventually(lambda: _waiting_for_effects(ground), what="a batch to wait for the lock")
        ground.start("two")
        ground.start("three")
        await eventually(lambda: _rebalancing(ground), what="the group to be told of the others")
        await transaction.rollback()
    finally:
        await holder.close()
    await ground.send(more)
    await once(ground, [("first", 0), *effects, *more])
    assert all(process.poll() is None for process in ground.members.values())


async def test_members_that_come_and_go(ground: Ground) -> None:
    """A rebalance storm: every two seconds somebody joins or leaves, killed or asked to."""
    effects = wanted(20, 20)
    ground.start("steady", batch=5)
    for round_, number in enumerate((signal.SIGTERM, signal.SIGKILL, signal.SIGTERM)):
        await ground.send(effects[round_ * 100 : round_ * 100 + 100])
        ground.start(f"guest {round_}", batch=5)
        await asyncio.sleep(2)
        ground.signal(f"guest {round_}", number)
    await ground.send(effects[300:])
    await once(ground, effects)


async def _waiting_for_effects(ground: Ground) -> bool:
    return bool(
        await ground.rows("SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'effects'::regclass")
    )


async def _rebalancing(ground: Ground) -> bool:
    """True while the group waits for its members to join anew."""

    def ask() -> bool:
        admin = KafkaAdminClient(bootstrap_servers=ground.bootstrap)
        try:
            described = admin.describe_groups([ground.group])
            return "preparingrebalance" in str(described).lower()
        finally:
            admin.close()

    return await asyncio.to_thread(ask)
