"""A surge is announced once, and so is its end."""

from datetime import date, datetime, timedelta

import httpx2
import orjson
from aiokafka import AIOKafkaConsumer

from deploy.local.installation import Installation
from services.routing.map.seed import unit_map
from shared.contracts.events import CaseEvent
from shared.local_time import LOCAL
from tests.integration.aggregation.feed import Counts, map_events, publish
from tests.support import Running, eventually
from tests.unit.aggregation.examples import case_event, facts

UNITS = unit_map()


def commune(today: date) -> tuple[str, ...]:
    home = UNITS.by_code("24", today, "province")
    assert home is not None
    return UNITS.path(next(iter(UNITS.units(today, "commune", home.id))).id, today)


def cases(today: date, path: tuple[str, ...]) -> list[CaseEvent]:
    """Two cases a day for twelve days, then nine today."""
    days = [today - timedelta(days=i) for i in range(1, 13) for _ in range(2)] + [today] * 9
    return [case_event(n, 1, facts(path, report_date=day), UNITS.version) for n, day in enumerate(days)]


async def announced(bootstrap: str) -> list[tuple[str, dict[str, object]]]:
    consumer = AIOKafkaConsumer(
        "situation.events", bootstrap_servers=bootstrap, auto_offset_reset="earliest", group_id=None
    )
    await consumer.start()
    try:
        found = await consumer.getmany(timeout_ms=2000)
        return [
            (dict(r.headers)["ce_type"].decode(), orjson.loads(r.value))
            for part in found.values()
            for r in part
        ]
    finally:
        await consumer.stop()


async def listed_on_the_map_of_a_day(url: str, unit: str, today: date) -> None:
    """Before the reform the commune was several: nobody can say in which of them it was loud."""
    former = [edge.from_id for edge in UNITS.predecessors(unit, today)]
    async with httpx2.AsyncClient(base_url=url, timeout=20) as client:
        for asked, split in (
            ({"unit": unit}, [False]),
            ({"unit": unit, "as_of": "today"}, [False]),
            ({"unit": former[0]}, []),
            ({"unit": former[0], "as_of": "2025-06-30"}, [len(former) > 1]),
        ):
            found = (await client.get("/v1/warnings", params=asked)).json()
            assert [warning["split"] for warning in found] == split, asked
        page = await client.get(f"/units/{former[0]}", params={"as_of": "2025-06-30"})
        assert ("(chỉ một phần nhập vào đây)" in page.text) is (len(former) > 1)


async def test_raised_once_and_cleared_once(installation: Installation, running: Running) -> None:
    counts = Counts(installation)
    today = datetime.now(LOCAL).date()
    path = commune(today)
    running.start("aggregation", env={"LANGNGHE_AGGREGATION_WARN_EVERY_S": "0.1"})
    await publish(installation.bootstrap, map_events())
    told = cases(today, path)
    await publish(installation.bootstrap, told)
    await running.ready("aggregation")

    async def standing(number: int) -> bool:
        sql = "SELECT count(*) FROM warnings WHERE cleared_at IS NULL"
        return bool(await counts.value(sql) == number)

    await eventually(lambda: standing(2), what="a warning for the commune and one for the province")
    running.stop("aggregation")
    running.start("aggregation", env={"LANGNGHE_AGGREGATION_WARN_EVERY_S": "0.1"})
    await running.ready("aggregation")

    await listed_on_the_map_of_a_day(running.url("aggregation"), path[0], today)

    back = facts(path, report_date=today, state="withdrawn")
    moved = [case_event(n, 2, back, UNITS.version) for n in range(24, 29)]
    await publish(installation.bootstrap, moved)
    await eventually(lambda: standing(0), what="both cleared")

    async def drained() -> bool:
        return await counts.value("SELECT count(*) FROM outbox") == 0

    await eventually(drained, what="the outbox handed on")
    events = await announced(installation.bootstrap)
    kinds = sorted((kind, str(body["unit"])) for kind, body in events)
    both = sorted(path)
    assert kinds == [
        *[("langnghe.WarningCleared.v1", unit) for unit in both],
        *[("langnghe.WarningRaised.v1", unit) for unit in both],
    ]
    raised = next(b for k, b in events if "Raised" in k and b["unit"] == path[0])
    assert (raised["observed"], raised["expected"], raised["category"]) == (9, 2.0, "rac-thai")
    assert raised["detector"] == "ears-c2:7:2:3.0"
    assert raised["path"] == list(path)
