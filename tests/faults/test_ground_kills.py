"""The ground, killed at every step of a batch and of the relay: effects exactly once, nothing left over."""

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from tests.integration.ground.ground import PARTITIONS, Effect, Ground, wanted

pytestmark = pytest.mark.faults

BATCH_STEPS = ("begun", "locked", "applied", "before_commit", "after_commit")
RELAY_STEPS = ("relay.after_produce", "relay.after_delete")


async def once(ground: Ground, effects: list[Effect]) -> None:
    """Each effect is there once, was fresh once, and was announced at least once and in order."""
    assert await ground.effects() == set(effects)
    assert (await ground.position_sums())["fresh"] == len(effects)
    announced = [effect for _, effect in await ground.announced()]
    assert set(announced) == set(effects)
    await ground.sound()


@pytest.mark.parametrize("step", [*BATCH_STEPS, *RELAY_STEPS])
async def test_killed_at(ground: Ground, step: str) -> None:
    effects = wanted(20, 10)
    await ground.send(effects)
    ground.start("first", failpoint=f"toy.{step}@2")
    await ground.died("first")
    ground.start("second")
    await ground.has(set(effects))
    await once(ground, effects)


@pytest.mark.parametrize(("step", "told"), [("before_offset_commit", False), ("after_offset_commit", True)])
async def test_killed_around_the_commit_to_kafka(ground: Ground, step: str, told: bool) -> None:
    """The first batch has committed; whether Kafka has been told makes no difference."""
    effects = wanted(20, 10)
    await ground.send(effects)
    ground.start("first", failpoint=f"toy.{step}")
    await ground.died("first")
    assert bool(await _told_to_kafka(ground)) is told
    ground.start("second")
    await ground.has(set(effects))
    await once(ground, effects)


async def _told_to_kafka(ground: Ground) -> int:
    """The sum of the offsets that the group has committed to Kafka."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=ground.bootstrap, group_id=ground.group, enable_auto_commit=False
    )
    await consumer.start()
    try:
        return sum([await consumer.committed(TopicPartition("toy.in", p)) or 0 for p in range(PARTITIONS)])
    finally:
        await consumer.stop()


async def test_killed_again_and_again(ground: Ground) -> None:
    """Each life ends one batch further on, at another step."""
    effects: list[Effect] = []
    for life, step in enumerate(("after_commit", "relay.after_produce", "before_commit")):
        # Before a late relay ends its life one may take all there is: each life has something to do.
        more = wanted(20, 15, start=life * 15)
        await ground.send(more)
        effects += more
        ground.start(step, failpoint=f"toy.{step}@2")
        await ground.died(step)
    ground.start("last")
    await ground.has(set(effects))
    await once(ground, effects)
