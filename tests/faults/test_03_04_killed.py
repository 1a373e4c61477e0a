"""Faults 3 and 4: services die at every step of a batch and of the relay, while reports come in."""

import asyncio

import pytest

from tests.faults.crowd import crowding
from tests.faults.town import PATIENCE_S, Town
from tests.integration.intake.support import topic

pytestmark = pytest.mark.faults

BATCH_STEPS = (
    *("begun", "locked", "applied", "before_commit", "after_commit"),
    *("before_offset_commit", "after_offset_commit"),
)
AROUND_COMMIT = BATCH_STEPS[3:5]
BEHIND_INTAKE = ("routing", "aggregation", "notify")


async def test_03_relays_killed_after_produce_before_delete(town: Town) -> None:
    """What was produced is produced again: records twice on the topics, cases and counts once."""
    topics = ("reports.events", "cases.events")
    before = [_repeated(town, name) for name in topics]
    town.stop("intake", "routing")
    ids = await town.report(40)
    for service in ("intake", "routing"):
        town.start(service, failpoint=f"{service}.relay.after_produce")
    await asyncio.gather(*(town.dies_and_lives_again(service) for service in ("intake", "routing")))
    await town.sound()
    await town.taken(ids)
    after = [_repeated(town, name) for name in topics]
    assert all(b < a for b, a in zip(before, after, strict=True)), (before, after)


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(AROUND_COMMIT, id="around the commit"),
        pytest.param(BATCH_STEPS, id="everywhere", marks=pytest.mark.slow),
    ],
)
async def test_04_killed_at_each_step_of_a_batch(town: Town, steps: tuple[str, ...]) -> None:
    """The three services behind the door die one life after the other, each life at the next step."""
    town.stop(*BEHIND_INTAKE)
    ids = await town.report(300)
    async with crowding(town, residents=2, pause_s=0.1) as crowd:
        await asyncio.gather(*(_lives(town, service, steps) for service in BEHIND_INTAKE))
    await town.sound()
    await town.taken(ids)
    await crowd.kept()


async def _lives(town: Town, service: str, steps: tuple[str, ...]) -> None:
    for step in steps:
        town.start(service, failpoint=f"{service}.{step}@2", BATCH=5)
        await town.running.died(service, deadline_s=PATIENCE_S)
    town.start(service)


@pytest.mark.slow
async def test_04_all_killed_at_once_under_load(town: Town) -> None:
    """Not at a step of ours, but wherever they are."""
    async with crowding(town) as crowd:
        ids = await town.report(100)
        await asyncio.sleep(0.3)
        for service in BEHIND_INTAKE:
            town.running.kill(service)
        await town.whole()
    await town.sound()
    await town.taken(ids)
    await crowd.kept()


def _repeated(town: Town, name: str) -> int:
    """Records of a topic that are there more than once."""
    ids = [dict(record.headers).get("ce_id") for record in topic(town.installation, name)]
    return len(ids) - len(set(ids))
