"""Events in, counts out, on real servers: any order, twice, moved to another category, and rolled up."""

import random
from datetime import date

from deploy.local.installation import Installation
from services.routing.map.seed import unit_map
from shared.contracts.events import CaseEvent, MapChanged
from shared.contracts.vocabulary import CATEGORIES
from tests.integration.aggregation.feed import COUNTS_DIFFER, ROLLUPS_DIFFER, Counts, map_events, publish
from tests.support import Running, eventually
from tests.unit.aggregation.examples import case_event, facts

DAY = date(2026, 11, 20)
UNITS = unit_map()
HOME = UNITS.by_code("24", DAY, "province")


def history(dice: random.Random, cases: int, first: int = 0) -> list[CaseEvent]:
    """Three versions a case, each perhaps elsewhere, of another category or state; shuffled."""
    assert HOME is not None
    paths = [UNITS.path(u.id, DAY) for u in UNITS.units(DAY, "commune", HOME.id)][:12]
    paths += [UNITS.path(u.id, DAY) for u in UNITS.units(DAY, "hamlet", HOME.id)][:4]
    told = [
        case_event(
            n,
            version,
            facts(
                dice.choice(paths),
                category=dice.choice(CATEGORIES[:5]),
                state=dice.choice(("triage", "opened", "withdrawn")),
                organisation=dice.choice((None, "nong_dan")),
                restricted=dice.random() < 0.1,
                flags=("dong_nguoi", "diem_nong")[: dice.randrange(3)],
            ),
            map_version=UNITS.version,
        )
        for n in range(first, first + cases)
        for version in (1, 2, 3)
    ]
    dice.shuffle(told)
    return told


async def test_any_order_and_a_second_telling_count_each_case_once(
    installation: Installation, running: Running
) -> None:
    counts, dice = Counts(installation), random.Random(6)
    running.start("aggregation", env={"LANGNGHE_AGGREGATION_BATCH": "100"})
    changes = map_events()
    await publish(installation.bootstrap, changes)
    told = history(dice, 300)
    sent = await publish(installation.bootstrap, told)
    await running.ready("aggregation")
    await counts.consumed("cases.events", sent)
    await counts.rolled_up()
    first = await counts.rows("SELECT * FROM leaf_counts WHERE n > 0 ORDER BY 1, 2, 4, 5, 6, 7, 8, 9, 10")
    assert await counts.value("SELECT count(*) FROM counted_cases WHERE version = 3") == 300
    assert await counts.rows(COUNTS_DIFFER) == []
    assert await counts.rows(ROLLUPS_DIFFER) == []
    assert await counts.value("SELECT sum(n) FROM rollups WHERE unit = $1", HOME and HOME.id) == 300

    sent += await publish(installation.bootstrap, dice.sample(told, len(told)))
    await counts.consumed("cases.events", sent)
    await counts.rolled_up()
    again = await counts.rows("SELECT * FROM leaf_counts WHERE n > 0 ORDER BY 1, 2, 4, 5, 6, 7, 8, 9, 10")
    assert again == first
    tally = "SELECT sum(consumed - fresh - duplicate - dead), sum(dead) FROM positions"
    assert await counts.rows(tally) == [(0, 0)]


async def test_another_category_moves_the_count(installation: Installation, running: Running) -> None:
    counts = Counts(installation)
    running.start("aggregation")
    await running.ready("aggregation")
    assert HOME is not None
    sql = "SELECT category, sum(n) FROM rollups WHERE unit = $1 AND day = $2 AND n > 0 GROUP BY 1 ORDER BY 1"
    day = date(2026, 3, 2)
    path = UNITS.path(next(iter(UNITS.units(DAY, "commune", HOME.id))).id, day)
    first = facts(path, report_date=day)
    await publish(installation.bootstrap, [case_event(9001, 1, first, UNITS.version)])

    async def seen() -> list[tuple[str, int]]:
        return await counts.rows(sql, HOME and HOME.id, day)

    async def counted_as(expected: list[tuple[str, int]]) -> bool:
        return await seen() == expected

    await eventually(lambda: counted_as([("rac-thai", 1)]), what="counted as waste")
    moved = first.model_copy(update={"category": "dat-dai"})
    await publish(installation.bootstrap, [case_event(9001, 2, moved, UNITS.version)])
    await eventually(lambda: counted_as([("dat-dai", 1)]), what="counted as land")
    assert await counts.rows(COUNTS_DIFFER) == []


async def test_a_roll_up_waits_for_the_map_of_its_cases(installation: Installation, running: Running) -> None:
    counts = Counts(installation)
    running.start("aggregation")
    await running.ready("aggregation")
    assert HOME is not None
    day = date(2026, 4, 3)
    next_version = UNITS.version + 1
    early = facts(UNITS.path(HOME.id, day), report_date=day)
    before = await counts.value(
        "SELECT coalesce(sum(consumed), 0) FROM positions WHERE topic = 'cases.events'"
    )
    await publish(installation.bootstrap, [case_event(9002, 1, early, next_version)])
    await counts.consumed("cases.events", before + 1)
    known = facts(UNITS.path(HOME.id, day), report_date=date(2026, 4, 4))
    await publish(installation.bootstrap, [case_event(9003, 1, known, UNITS.version)])

    async def rolled(on: date) -> bool:
        return bool(await counts.value("SELECT count(*) FROM rollups WHERE day = $1 AND n > 0", on))

    await eventually(lambda: rolled(date(2026, 4, 4)), what="the later case rolled up")
    assert not await rolled(day)
    assert await counts.rows("SELECT map_version FROM dirty") == [(next_version,)]
    change = MapChanged(
        map_version=next_version,
        kind="reform",
        title="Không đổi gì",
        effective=day,
        legal_basis="thử",
        units=(),
    )
    await publish(installation.bootstrap, [change])
    await eventually(lambda: rolled(day), what="rolled up once its map is known")
    await counts.rolled_up()
    assert await counts.rows(ROLLUPS_DIFFER) == []
