"""The ground on strange logs: transactions of others, topics made anew, replays, data lost by retention."""

import asyncio
import signal

import asyncpg
import pytest
from kafka import KafkaAdminClient, TopicPartition

from shared.messaging.positions import Stream, accept_gap
from tests.integration.ground.ground import Ground, wanted
from tests.support import eventually

pytestmark = pytest.mark.faults


async def test_upstream_transactions_that_commit_and_abort(ground: Ground) -> None:
    """Markers and aborted records are holes; the position reaches the end; nothing aborted takes effect."""
    effects = wanted(10, 6)
    ground.start(batch=20)
    for at, outcome in enumerate(("commit", "abort", "commit", "abort", "abort", "commit")):
        aborted = [(f"aborted{at}", n) for n in range(15)]
        await ground.send(
            aborted if outcome == "abort" else effects[at * 10 : at * 10 + 10], transaction=outcome
        )
    committed = set(effects[:10] + effects[20:30] + effects[50:])
    await ground.has(committed)
    assert await ground.effects() == committed
    sums = await ground.position_sums()
    assert sums["fresh"] == 30
    assert sums["holes"] >= 45 + 6
    await ground.sound()


async def test_an_open_transaction_holds_back_what_follows_it(ground: Ground) -> None:
    """Records behind an open transaction wait for its end, then take effect once."""
    ground.start()
    effects = wanted(10, 5)
    async with ground.open_transaction([("open", 1)]):
        await ground.send(effects)
        early = await ground.effects()
    assert ("open", 1) not in early
    await ground.has({*effects, ("open", 1)})
    await ground.sound()


@pytest.mark.parametrize("again", [20, 400], ids=["shorter", "longer"])
async def test_a_topic_made_anew(ground: Ground, again: int) -> None:
    """Offsets are used again; the new topic's events still take effect."""
    old, new = wanted(10, 10), wanted(again // 10, 10, start=500)
    ground.start()
    await ground.send(old)
    await ground.has(set(old))
    await asyncio.to_thread(ground.make_topics, "toy.in")
    await ground.send(new)
    await ground.has(set(old + new))
    assert await ground.effects() == set(old + new)
    lives = await ground.rows("SELECT DISTINCT topic_id FROM positions")
    assert len(lives) == 2
    await ground.sound()


async def test_duplicates_and_a_full_replay_change_nothing(ground: Ground) -> None:
    effects = wanted(10, 10)
    ground.start()
    await ground.send(effects)
    await ground.send(effects)
    await ground.has(set(effects))
    sums = await ground.position_sums()
    assert (sums["fresh"], sums["duplicate"]) == (100, 100)
    ground.signal("toy", signal.SIGTERM)
    ground.members["toy"].wait(20)
    await ground.rows(
        "UPDATE positions SET next_offset = started_at, "
        "consumed = 0, fresh = 0, duplicate = 0, dead = 0, holes = 0"
    )
    ground.start("again")
    await ground.quiet()
    sums = await ground.position_sums()
    assert (sums["fresh"], sums["duplicate"]) == (0, 200)
    assert await ground.effects() == set(effects)
    assert len(await ground.announced()) == 100
    await ground.sound()


async def test_unread_data_taken_by_retention(ground: Ground) -> None:
    """The partition concerned pauses and alarms, the others go on; an accepted gap lets it go on, too."""
    first, second = wanted(20, 10), wanted(20, 10, start=100)
    ground.start("early")
    await ground.send(first)
    await ground.has(set(first))
    ground.signal("early", signal.SIGTERM)
    ground.members["early"].wait(20)
    stood = {row["partition"]: row["next_offset"] for row in await ground.rows("SELECT * FROM positions")}
    await ground.send(second)
    (stream,) = {
        Stream(r["consumer_group"], r["topic"], r["topic_id"])
        for r in await ground.rows("SELECT * FROM positions")
    }
    hit = max(stood, key=lambda p: stood[p])
    await asyncio.to_thread(_truncate, ground, hit, stood[hit] + 5)
    ends = await ground.ends("toy.in")

    ground.start("late")

    async def others_done() -> bool:
        now = {row["partition"]: row["next_offset"] for row in await ground.rows("SELECT * FROM positions")}
        assert now[hit] == stood[hit]
        return all(now[p] == end for p, end in ends.items() if p != hit)

    await eventually(others_done, what="the other partitions to be read")
    await eventually(lambda: _alarmed(ground), what="the alarm")
    connection = await asyncpg.connect(ground.dsn, server_settings={"search_path": "toy"})
    try:
        async with connection.transaction():
            assert await accept_gap(connection, stream, hit, stood[hit] + 5, "an operator") == stood[hit]
    finally:
        await connection.close()
    await ground.quiet()
    assert (await ground.position_sums())["gap"] == 5
    assert len(await ground.effects()) == 400 - 5
    (gap,) = await ground.rows("SELECT * FROM position_gaps")
    assert (gap["from_offset"], gap["to_offset"], gap["accepted_by"]) == (
        stood[hit],
        stood[hit] + 5,
        "an operator",
    )
    await ground.sound()


async def _alarmed(ground: Ground) -> bool:
    return "consumer.gap" in ground.log("late").read_text()


def _truncate(ground: Ground, partition: int, before: int) -> None:
    admin = KafkaAdminClient(bootstrap_servers=ground.bootstrap)
    try:
        admin.delete_records({TopicPartition("toy.in", partition): before})
    finally:
        admin.close()
