"""Linking by hand, and linking beside an answer, on the real PostgreSQL."""

import asyncio
from uuid import UUID

from deploy.local.installation import Installation
from services.routing.domain.incidents.grounds import Grounds
from services.routing.store import cases
from services.routing.store import incidents as store
from services.routing.use_cases.act_on_cases import Acting, Done
from services.routing.use_cases.link_reports import link
from services.routing.use_cases.order_links import LinkOrder, link_cases, unlink_case
from shared.database import Database
from tests.integration.routing.incident_ground import CASE, answer, fires, linker, states, waits
from tests.integration.routing.support import NOW, TODAY, apply, fresh, report, rows, value, withdrawn
from tests.support import eventually
from tests.unit.routing.ground import basis, commune
from tests.unit.routing.test_parts import MIXED


async def test_an_officer_takes_a_case_out_and_it_stays_out(
    installation: Installation, database: Database
) -> None:
    first, second, third = await fires(database, "Bồng Lai", 3)
    await linker(database)()
    by = await value(installation, "SELECT listening_owner FROM cases WHERE case_id = $1", third)
    clocks = "SELECT settle_by, listen_by, forward_by FROM cases WHERE case_id = $1"
    before = await rows(installation, clocks, third)
    order = LinkOrder(fresh(), by)
    done = await unlink_case(database, basis(), third, order)
    assert isinstance(done, Done)
    assert await rows(installation, CASE, third) == [("opened", None, 3)]
    assert await rows(installation, clocks, third) == before
    await linker(database)()
    assert await rows(installation, CASE, third) == [("opened", None, 3)]
    # The same command again changes nothing.
    again = await unlink_case(database, basis(), third, order)
    assert isinstance(again, Done)
    assert not again.changed
    # Two are left; the one of them that is taken out leaves the other alone, which then is in no incident.
    await unlink_case(database, basis(), second, LinkOrder(fresh(), by))
    await linker(database)()
    assert await rows(installation, "SELECT incident FROM cases WHERE case_id = $1", first) == [(None,)]
    assert await rows(installation, "SELECT * FROM incidents WHERE incident_id = $1", first) == []


async def test_two_matters_of_one_report_are_not_put_together_by_hand_either(
    installation: Installation, database: Database
) -> None:
    mixed = report(MIXED.replace("Vũ Ninh", "Võ Cường"))
    await apply(database, mixed)
    found = "SELECT case_id, audience FROM cases WHERE root_id = $1 ORDER BY case_id <> root_id"
    (root, knowing), (part, also) = await rows(installation, found, mixed.report_id)
    by = min(set(knowing) & set(also))
    refused = await link_cases(database, basis(), part, LinkOrder(fresh(), by, other=root))
    assert isinstance(refused, Acting)
    assert (refused.refused.code, refused.refused.field) == ("same_report", "other")
    # Nor by way of a case of somebody else's.
    (fire,) = await fires(database, "Võ Cường", 1)
    assert isinstance(await link_cases(database, basis(), root, LinkOrder(fresh(), by, other=fire)), Done)
    refused = await link_cases(database, basis(), part, LinkOrder(fresh(), by, other=fire))
    assert isinstance(refused, Acting)
    assert refused.refused.code == "same_report"


async def test_two_incidents_become_one_by_hand(installation: Installation, database: Database) -> None:
    fire = await fires(database, "Nhân Hòa", 2)
    dogs = [
        report("Trộm chó lộng hành ở phường Nhân Hòa, đêm qua mất bốn con chó, chúng dùng súng điện")
        for _ in range(2)
    ]
    await apply(database, *dogs)
    await linker(database)()
    mine = {row[0]: row[1] for row in await rows(installation, "SELECT case_id, incident FROM cases")}
    assert mine[fire[0]] == mine[fire[1]] != mine[dogs[0].report_id] == mine[dogs[1].report_id]
    stranger = LinkOrder(fresh(), f"mttq@{commune('09193')}", other=fire[0])
    refused = await link_cases(database, basis(), dogs[0].report_id, stranger)
    assert isinstance(refused, Acting)
    assert refused.refused.code == "audience"
    audience = await value(installation, "SELECT audience FROM cases WHERE case_id = $1", fire[0])
    both = set(audience) & set(
        await value(installation, "SELECT audience FROM cases WHERE case_id = $1", dogs[0].report_id)
    )
    done = await link_cases(
        database, basis(), dogs[0].report_id, LinkOrder(fresh(), min(both), other=fire[0])
    )
    assert isinstance(done, Done)
    now = await rows(
        installation,
        "SELECT DISTINCT incident FROM cases WHERE case_id = ANY ($1)",
        [*fire, dogs[1].report_id],
    )
    assert now == [(mine[fire[0]],)]
    merged = "SELECT merged_into FROM incidents WHERE incident_id = $1"
    assert await value(installation, merged, UUID(mine[dogs[0].report_id])) == UUID(mine[fire[0]])


async def test_what_is_linked_to_an_answered_case_gets_an_answer_of_its_own(
    installation: Installation, database: Database
) -> None:
    first, second = await fires(database, "Tân An", 2)
    await linker(database)()
    await answer(installation, database, first)
    assert await states(installation, first, second) == ["answered", "answered"]
    (new,) = await fires(database, "Tân An", 1)
    by = await value(installation, "SELECT listening_owner FROM cases WHERE case_id = $1", new)
    assert isinstance(await link_cases(database, basis(), new, LinkOrder(fresh(), by, other=first)), Done)
    assert await states(installation, new) == ["opened"]


async def test_whoever_joins_while_the_leading_case_is_being_answered_is_answered_too(
    installation: Installation, database: Database, second: Database
) -> None:
    first, new = await fires(database, "Tiền Phong", 2)
    unit = await value(installation, "SELECT unit FROM cases WHERE case_id = $1", first)
    async with second.transaction() as tx:
        await cases.lock(tx, [first, new])
        answering = asyncio.create_task(answer(installation, database, first))
        await eventually(lambda: waits(database), what="the answer waits")
        marks = await store.take_marks(tx, [unit], 10)
        await link(tx, marks, basis(), Grounds(basis().units, TODAY), NOW)
    await answering
    assert await states(installation, first, new) == ["answered", "answered"]


async def test_an_incident_with_a_case_that_was_taken_back_can_still_become_part_of_another(
    installation: Installation, database: Database
) -> None:
    first, second, third = await fires(database, "Đa Mai", 3)
    other = report("Nhà ở phường Đa Mai bị ngập nước sâu cả mét, thoát nước tắc")
    await apply(database, other)
    await linker(database)()
    await apply(database, withdrawn(second))
    await linker(database)()
    by = await value(installation, "SELECT listening_owner FROM cases WHERE case_id = $1", first)
    await unlink_case(database, basis(), third, LinkOrder(fresh(), by))
    for one, another in ((other.report_id, third), (first, other.report_id)):
        done = await link_cases(database, basis(), one, LinkOrder(fresh(), by, other=another))
        assert isinstance(done, Done)
    assert await states(installation, second) == ["withdrawn"]
