"""The main job from the topic on: a signed record becomes a case, is counted, its officers are told."""

from deploy.local.installation import Installation
from tests.e2e.world import World, samples
from tests.support import Running


async def test_a_record_becomes_a_case_is_counted_and_told(
    installation: Installation, running: Running
) -> None:
    world = World(installation, running)
    await world.start()
    texts = samples()
    await world.submit(texts)
    await world.sound()
    roots = "SELECT count(*) FROM routing.cases WHERE case_id = root_id"
    assert await world.value(roots) == len(texts)
    cases = await world.value("SELECT count(*) FROM routing.cases")
    assert cases >= len(texts), "a mixed report has more cases than one"
    assert await world.value("SELECT count(*) FROM aggregation.counted_cases") == cases
    assert await world.value("SELECT count(*) FROM notify.notifications") > 0
    assert await world.value("SELECT count(*) FROM routing.dead_letters") == 0
