"""The ground, killed at every step of a batch and of the relay: effects exactly once, nothing left over."""

import pytest

from tests.integration.ground.ground import Effect, Ground, wanted

pytestmark = pytest.mark.faults

BATCH_STEPS = ("begun", "locked", "applied", "before_commit", "after_commit", "after_offset_commit")
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


async def test_killed_again_and_again(ground: Ground) -> None:
    """Each life ends one batch further on, at another step."""
    effects = wanted(20, 15)
    await ground.send(effects)
    for step in ("after_commit", "relay.after_produce", "before_commit"):
        ground.start(step, failpoint=f"toy.{step}@2")
        await ground.died(step)
    ground.start("last")
    await ground.has(set(effects))
    await once(ground, effects)
