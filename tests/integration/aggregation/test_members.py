"""Two members share the partitions, and a member dies while it rolls up: the counts stay what they should."""

import random

import pytest

from deploy.local.installation import Installation
from deploy.local.ports import free_ports
from tests.integration.aggregation.feed import COUNTS_DIFFER, ROLLUPS_DIFFER, Counts, map_events, publish
from tests.integration.aggregation.test_counting import history
from tests.support import Running

SMALL = {"LANGNGHE_AGGREGATION_BATCH": "50"}


@pytest.mark.slow
async def test_two_members_count_together(installation: Installation, running: Running) -> None:
    counts = Counts(installation)
    running.start("aggregation", env=SMALL)
    running.start(
        "aggregation", name="second", env=SMALL | {"LANGNGHE_AGGREGATION_PORT": str(free_ports(1)[0])}
    )
    await publish(installation.bootstrap, map_events())
    await running.ready("aggregation")
    sent = await publish(installation.bootstrap, history(random.Random(2), 400))
    await counts.consumed("cases.events", sent)
    await counts.rolled_up()
    assert await counts.value("SELECT count(*) FROM counted_cases WHERE version = 3") == 400
    assert await counts.value("SELECT count(*) FROM dead_letters") == 0
    assert await counts.rows(COUNTS_DIFFER) == []
    assert await counts.rows(ROLLUPS_DIFFER) == []


@pytest.mark.faults
@pytest.mark.slow
@pytest.mark.parametrize(("step", "first"), [("rollup_taken", 1000), ("rollup_set", 2000)])
async def test_a_death_on_the_way_loses_nothing(
    installation: Installation, running: Running, step: str, first: int
) -> None:
    counts = Counts(installation)
    topic = "SELECT coalesce(sum(consumed), 0) FROM positions WHERE topic = 'cases.events'"
    before = await counts.value(topic)
    sent = await publish(installation.bootstrap, history(random.Random(first), 40, first))
    running.start("aggregation", failpoint=f"aggregation.{step}", env=SMALL)
    await running.died("aggregation", deadline_s=180)
    running.start("aggregation", env=SMALL)
    await running.ready("aggregation")
    await counts.consumed("cases.events", before + sent)
    await counts.rolled_up()
    assert await counts.rows(COUNTS_DIFFER) == []
    assert await counts.rows(ROLLUPS_DIFFER) == []
