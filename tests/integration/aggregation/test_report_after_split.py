"""A commune was split by population: a report tells its cases apart, and there once a person said where."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import date

import httpx2
import pytest
import pytest_asyncio

from deploy.local.installation import Installation
from shared.contracts.events import CaseEvent, MapChanged
from shared.units import MapChange, SuccessionRecord, UnitRecord
from tests.integration.aggregation.feed import answering
from tests.unit.aggregation.examples import case_event, facts

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIRST, SPLIT, DAY = date(2024, 1, 1), date(2026, 9, 1), date(2026, 8, 12)
PROVINCE, OLD, NORTH, SOUTH = "up00000", "ua00000", "ux00000", "uy00000"
STAYING, GIVEN = "ub00000", "uz00000"


def split_map() -> list[MapChanged]:
    """Commune `a` of the home province becomes x and y; `b` gives a part away, z, and goes on."""

    def commune(unit: str, code: str, since: date, until: date | None = None) -> UnitRecord:
        return UnitRecord(unit, code, "commune", "xa", f"Xã {code}", PROVINCE, since, until)

    home = UnitRecord(PROVINCE, "24", "province", "tinh", "Bắc Ninh", None, FIRST, None)
    loaded = MapChange(
        1,
        "load",
        "all",
        FIRST,
        "",
        (home, commune(OLD, "00001", FIRST), commune(STAYING, "00004", FIRST)),
        (),
    )
    became = ((OLD, NORTH), (OLD, SOUTH), (STAYING, GIVEN))
    parts = tuple(SuccessionRecord(one, other, SPLIT, "part") for one, other in became)
    units = (
        commune(OLD, "00001", FIRST, SPLIT),
        commune(NORTH, "00002", SPLIT),
        commune(SOUTH, "00003", SPLIT),
        commune(GIVEN, "00005", SPLIT),
    )
    split = MapChange(2, "split", "a", SPLIT, "Nghị quyết thử", units, parts)
    return [MapChanged.model_validate(asdict(change)) for change in (loaded, split)]


def cases() -> list[CaseEvent]:
    """Six urgent cases of `a` that nobody has placed yet, seven that went to x, one that went to y; twelve of
    `b`, five of which went to z."""
    then = facts((OLD, PROVINCE), report_date=DAY, severity=3)
    told = [case_event(n, 1, then, 1) for n in range(14)]
    for n in range(6, 14):
        path = (NORTH if n < 13 else SOUTH, PROVINCE)
        moved = then.model_copy(update={"unit": path[0], "path": path, "path_then": (OLD, PROVINCE)})
        told.append(case_event(n, 2, moved, 2))
    staying = facts((STAYING, PROVINCE), report_date=DAY, severity=3)
    told += [case_event(n, 1, staying, 1) for n in range(20, 32)]
    given = {"unit": GIVEN, "path": (GIVEN, PROVINCE), "path_then": (STAYING, PROVINCE)}
    told += [case_event(n, 2, staying.model_copy(update=given), 2) for n in range(27, 32)]
    return told


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(installation: Installation) -> AsyncIterator[httpx2.AsyncClient]:
    async with answering(installation, split_map(), cases()) as session:
        yield session


async def report(client: httpx2.AsyncClient, unit: str, as_of: str = "then") -> dict[str, object]:
    answer = await client.get(f"/v1/situation-reports/{unit}?period=2026-08&as_of={as_of}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_what_a_person_placed_is_told_there_and_the_rest_apart(client: httpx2.AsyncClient) -> None:
    north, south = await report(client, NORTH, "2026-10-01"), await report(client, SOUTH, "2026-10-01")
    assert (north["requests"], north["split"]) == (7, 5)
    assert (south["requests"], south["split"], south["notable"]) == (None, 5, [])
    notable = north["notable"]
    assert isinstance(notable, list)
    assert [case["unit"] for case in notable] == [NORTH] * 7


async def test_of_the_province_everything_is_told_whatever_became_of_the_commune(
    client: httpx2.AsyncClient,
) -> None:
    for as_of, places in (
        ("then", {OLD: 14, STAYING: 12}),
        ("2026-10-01", {PROVINCE: 6, NORTH: 7, SOUTH: 1, STAYING: 7, GIVEN: 5}),
    ):
        found = await report(client, PROVINCE, as_of)
        assert (found["requests"], found["split"]) == (26, 0)
        notable = found["notable"]
        assert isinstance(notable, list)
        units = [case["unit"] for case in notable]
        assert {unit: units.count(unit) for unit in units} == places


async def test_a_commune_that_goes_on_has_what_was_not_placed_elsewhere(client: httpx2.AsyncClient) -> None:
    for unit, n in ((STAYING, 7), (GIVEN, 5)):
        found = await report(client, unit, "2026-10-01")
        notable = found["notable"]
        assert isinstance(notable, list)
        assert (found["requests"], found["split"], found["overdue"]) == (n, 0, n)
        assert [case["unit"] for case in notable] == [unit] * n
    assert (await report(client, STAYING))["requests"] == 12


async def test_totals_by_unit_know_what_a_person_placed(client: httpx2.AsyncClient) -> None:
    asked = {"from": str(DAY), "to": str(DAY), "as_of": "2026-10-01", "group_by": "unit"}
    cells = (await client.get("/v1/totals", params=asked)).json()["cells"]
    assert {cell["key"]: cell["n"] for cell in cells if cell["n"]} == {
        **{PROVINCE: 6, NORTH: 7, SOUTH: 1},
        **{STAYING: 7, GIVEN: 5},
    }


async def test_the_dashboard_counts_what_is_overdue_on_the_map_that_is_asked_for(
    client: httpx2.AsyncClient,
) -> None:
    asked = {"from": str(DAY), "to": str(DAY), "as_of": "2026-10-01"}
    page = (await client.get(f"/units/{NORTH}", params=asked)).text
    figure = page[page.index("Quá hạn giải quyết") - 200 : page.index("Quá hạn giải quyết") + 200]
    assert ">7<" in figure, figure
