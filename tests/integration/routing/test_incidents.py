"""Incidents on the real PostgreSQL: equal reports make one, whoever links them; undone again; erased."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from deploy.local.installation import Installation
from services.routing.domain.incidents.book import Placed
from services.routing.domain.incidents.keys import Decided, placed
from services.routing.store import incident_reads
from services.routing.store import incidents as store
from services.routing.use_cases import link_reports
from shared.database import Database
from tests.integration.routing.incident_ground import CASE, FIRE, fires, linker
from tests.integration.routing.support import NOW, apply, erased, report, rows, value, withdrawn
from tests.unit.routing.ground import commune
from tests.unit.routing.test_parts import MIXED


async def test_opening_leaves_a_mark_and_the_second_step_makes_one_incident(
    installation: Installation, database: Database
) -> None:
    first, second, third = await fires(database, "Quế Võ", 3)
    assert await value(installation, "SELECT count(*) FROM incident_marks") == 3
    await linker(database)()
    assert await value(installation, "SELECT count(*) FROM incident_marks") == 0
    assert await rows(installation, CASE, first) == [("opened", str(first), 2)]
    assert await rows(installation, CASE, second) == [("linked", str(first), 2)]
    assert await rows(installation, CASE, third) == [("linked", str(first), 2)]
    # Equal ones say nothing new: one of them is compared from now on.
    assert await value(installation, "SELECT count(*) FROM incident_prints") == 1
    await linker(database)()
    assert await rows(installation, CASE, third) == [("linked", str(first), 2)]


async def test_the_matters_of_a_mixed_report_are_never_linked_with_each_other(
    installation: Installation, database: Database
) -> None:
    """The root case is compared by all its words, those of the further matter among them."""
    mixed = report(MIXED.replace("Vũ Ninh", "Võ Cường"))
    await apply(database, mixed)
    part = await value(installation, _PART, mixed.report_id)
    await linker(database)()
    states = "SELECT state, incident FROM cases WHERE root_id = $1"
    assert await rows(installation, states, mixed.report_id) == [("opened", None)] * 2
    assert (
        await value(installation, "SELECT count(*) FROM incident_suggestions WHERE case_id = $1", part) == 0
    )
    # What comes later knows it from the cases.
    again = report("Đèn đường ở dốc cháy bốn bóng, cột điện nghiêng, phường Võ Cường")
    await apply(database, again)
    await linker(database)()
    async with database.connection() as tx:
        assert await store.apart(tx, [part]) >= {(part, mixed.report_id)}
        incident = await value(installation, "SELECT incident FROM cases WHERE case_id = $1", part)
        assert incident is not None
        kept = await store.apart(tx, [mixed.report_id])
        assert kept == {(mixed.report_id, part), (mixed.report_id, UUID(incident))}


_PART = "SELECT case_id FROM cases WHERE root_id = $1 AND case_id <> root_id"


async def test_two_hundred_at_once_and_three_at_work_make_one(
    installation: Installation, database: Database, second: Database
) -> None:
    (first,) = await fires(database, "Kinh Bắc", 1)
    await asyncio.gather(*(fires(database, "Kinh Bắc", 20) for _ in range(10)))
    workers = [linker(database), linker(second), linker(database)]
    while await value(installation, "SELECT count(*) FROM incident_marks"):
        await asyncio.gather(*(work() for work in workers))
    found = await rows(
        installation,
        "SELECT incident, count(*)::int, count(*) FILTER (WHERE state = 'opened')::int FROM cases"
        " WHERE unit = $1 GROUP BY incident",
        commune("09187"),
    )
    assert found == [(found[0][0], 201, 1)]
    assert await value(
        installation, 'SELECT "leading" FROM incidents WHERE incident_id = $1', UUID(found[0][0])
    )
    assert first


async def test_when_the_leading_case_is_taken_back_the_next_one_leads(
    installation: Installation, database: Database
) -> None:
    first, second, third = await fires(database, "Thuận Thành", 3)
    await linker(database)()
    await apply(database, withdrawn(first))
    await linker(database)()
    assert await rows(installation, CASE, second) == [("opened", str(first), 3)]
    assert await rows(installation, CASE, third) == [("linked", str(first), 2)]
    leads = await value(installation, 'SELECT "leading" FROM incidents WHERE incident_id = $1', first)
    assert leads == second


async def test_a_follow_up_runs_on_and_knows_the_earlier_case(
    installation: Installation, database: Database
) -> None:
    earlier = report("Hàng xóm ở phường Phù Khê xây nhà ba tầng trổ cửa sổ sang sân nhà tôi")
    later = report(
        "Tôi gửi lại lần hai về chuyện hàng xóm trổ cửa sổ ở phường Phù Khê, vẫn chưa xây bịt",
        submitted_at=NOW + timedelta(days=60),
    )
    await apply(database, earlier, later)
    await linker(database)()
    ((state, incident, version),) = await rows(installation, CASE, later.report_id)
    assert (state, incident, version) == ("opened", None, 2)
    found = await value(installation, "SELECT earlier FROM follow_ups WHERE case_id = $1", later.report_id)
    assert found == earlier.report_id


async def test_each_reporter_of_an_incident_counts_once(
    installation: Installation, database: Database
) -> None:
    first, _, _ = await fires(database, "Cảnh Thụy", 3)
    again = report(
        f"Tôi gửi lại lần hai: {FIRE.format(place='Cảnh Thụy')}",
        submitted_at=NOW + timedelta(days=2),
        received_at=NOW,
    )
    await apply(database, again)
    await linker(database)()
    assert await value(installation, "SELECT earlier FROM follow_ups WHERE case_id = $1", again.report_id), (
        "who wrote again is the reporter of an earlier case"
    )
    async with database.connection() as connection:
        cases, count = await incident_reads.cases_of(connection, first, 9)
        assert (len(cases), count) == (4, 4)
        assert await incident_reads.reporters(connection, first) == 3


async def test_erasing_a_reporter_takes_what_the_case_is_compared_by(
    installation: Installation, database: Database
) -> None:
    first, second = await fires(database, "Yên Dũng", 2)
    await linker(database)()
    await apply(database, erased(first))
    left = "SELECT count(*) FROM incident_prints WHERE case_id = $1"
    assert await value(installation, left, first) == 0
    # A mark that comes after finds no text, and brings nothing back.
    async with database.transaction() as tx:
        await store.mark(tx, [store.Mark(first, commune("07681"))])
    await linker(database)()
    assert await value(installation, left, first) == 0
    assert await rows(installation, CASE, second) == [("linked", str(first), 2)]


async def test_a_case_that_cannot_be_compared_stops_no_other(
    installation: Installation, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, *others = await fires(database, "Gia Bình", 3)

    def breaks(decided: Decided, *known: Any) -> list[Placed]:
        if decided.case_id == broken:
            raise LookupError("a word that breaks")
        return placed(decided, *known)

    monkeypatch.setattr(link_reports, "placed", breaks)
    await linker(database)()
    assert await value(installation, "SELECT count(*) FROM incident_marks") == 0
    assert await rows(installation, CASE, broken) == [("opened", None, 1)]
    assert await rows(installation, CASE, others[1]) == [("linked", str(others[0]), 2)]
