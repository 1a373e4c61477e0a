"""Incidents of guarded cases on the real PostgreSQL: never across circles, in any order of events."""

from datetime import timedelta
from itertools import permutations
from random import Random
from uuid import UUID

import pytest

from deploy.local.installation import Installation
from services.routing.domain.incidents.circle import circle_of
from services.routing.domain.incidents.grounds import Grounds
from services.routing.domain.life.commands import Reclassify
from services.routing.store.incident_prints import Span, candidates
from services.routing.store.rows import case_of
from services.routing.use_cases.act_on_cases import Acting, Done, act_on_case
from services.routing.use_cases.order_links import LinkOrder, link_cases, unlink_case
from shared.database import Database
from tests.integration.routing.incident_ground import BRIBE, CASE, FIRE, HOME, answer, fires, linker, states
from tests.integration.routing.support import NOW, TODAY, apply, fresh, report, rows, value, withdrawn
from tests.unit.routing.ground import basis


async def test_denunciations_of_one_circle_are_one_incident_and_each_gets_its_own_answer(
    installation: Installation, database: Database
) -> None:
    told = [report(BRIBE, submitted_at=NOW + timedelta(hours=n)) for n in range(3)]
    (fire,) = await fires(database, "Vũ Ninh", 1)
    await apply(database, *told)
    before = await states(installation, *(one.report_id for one in told))
    await linker(database)()
    found = [(await rows(installation, CASE, one.report_id))[0] for one in told]
    assert [state for state, _, _ in found] == before
    assert "linked" not in before
    assert len({incident for _, incident, _ in found}) == 1
    assert found[0][1] not in (None, str(told[0].report_id))
    assert (await rows(installation, CASE, fire))[0][1] is None
    await answer(installation, database, told[0].report_id)
    assert await states(installation, *(one.report_id for one in told)) == ["answered", *before[1:]]


async def test_who_leaves_the_circle_leaves_the_incident_and_may_find_another(
    installation: Installation, database: Database
) -> None:
    text = BRIBE.replace("Vũ Ninh", "Hạp Lĩnh")
    told = [report(text, submitted_at=NOW + timedelta(hours=n)) for n in range(4)]
    ids = [one.report_id for one in told]
    await apply(database, *told)
    await linker(database)()
    incident = (await rows(installation, CASE, ids[0]))[0][1]
    by = await value(installation, "SELECT listening_owner FROM cases WHERE case_id = $1", ids[0])
    for one in ids[:2]:
        order = Reclassify(at=NOW, by=by, accused="commune_chair", note="x")
        assert isinstance(await act_on_case(database, basis(), one, fresh(), order), Done)
        assert (await rows(installation, CASE, one))[0][1] is None
    await linker(database)()
    now = [(await rows(installation, CASE, one))[0][1] for one in ids]
    assert now[2:] == [incident, incident]
    assert now[0] == now[1] not in (None, incident)
    # New ones are compared with one case of each circle, though all were told by the first one's words.
    grounds = "SELECT case_id, place FROM incident_prints WHERE case_id = ANY ($1) ORDER BY case_id"
    (first, mine), (third, theirs) = await rows(installation, grounds, ids)
    assert (first, third) == (ids[0], ids[2])
    assert mine != theirs
    new = report(text, submitted_at=NOW + timedelta(hours=9))
    await apply(database, new)
    await linker(database)()
    assert (await rows(installation, CASE, new.report_id))[0][1] == incident


async def test_a_case_that_turns_out_to_accuse_somebody_leaves_its_incident(
    installation: Installation, database: Database
) -> None:
    first, second, third = await fires(database, "Từ Sơn", 3)
    await linker(database)()
    by = await value(installation, "SELECT listening_owner FROM cases WHERE case_id = $1", first)
    done = await act_on_case(
        database, basis(), first, fresh(), Reclassify(at=NOW, by=by, accused="commune_police", note="x")
    )
    assert isinstance(done, Done)
    await linker(database)()
    ((state, incident, _),) = await rows(installation, CASE, first)
    assert incident is None, state
    assert await rows(installation, CASE, second) == [("opened", str(first), 3)]
    assert await rows(installation, CASE, third) == [("linked", str(first), 2)]
    open_ground = "SELECT count(*) FROM incident_prints WHERE case_id = $1 AND place NOT LIKE '%#%'"
    assert await value(installation, open_ground, first) == 0
    assert await value(installation, open_ground, second) == 1


async def test_what_a_case_led_while_it_was_open_is_never_joined_by_who_goes_with_it_now(
    installation: Installation, database: Database
) -> None:
    ids = await fires(database, "Trạm Lộ", 3)
    await linker(database)()
    (fourth,) = await fires(database, "Trạm Lộ", 1)
    ids.append(fourth)
    by = await value(installation, "SELECT listening_owner FROM cases WHERE case_id = $1", ids[0])
    for one in (ids[0], fourth):
        order = Reclassify(at=NOW, by=by, accused="commune_police", note="x")
        assert isinstance(await act_on_case(database, basis(), one, fresh(), order), Done)
    # Nobody has looked yet: what the first is compared by lies on the open ground still, and is not read.
    unit = await value(installation, "SELECT unit FROM cases WHERE case_id = $1", ids[0])
    span = Span(Grounds(basis().units, TODAY).place(unit), NOW - timedelta(days=9), NOW + timedelta(days=9))
    async with database.transaction() as tx:
        assert await candidates(tx, [span], [], [], 100) == {}
    await linker(database)()
    found = {one: (await rows(installation, CASE, one))[0][1] for one in ids}
    assert found[ids[1]] == found[ids[2]] == str(ids[0])
    assert found[ids[0]] == found[fourth] not in (None, str(ids[0]))


async def test_nobody_links_across_circles(installation: Installation, database: Database) -> None:
    (plain,) = await fires(database, "Nam Sơn", 1)
    text = BRIBE.replace("Vũ Ninh", "Nam Sơn")
    accusing, other = report(text), report(text.replace("Cán bộ địa chính", "Chủ tịch"))
    await apply(database, accusing, other)
    ids = (plain, accusing.report_id, other.report_id)
    for one, another in permutations(ids, 2):
        mine, theirs = [
            set(await value(installation, "SELECT audience FROM cases WHERE case_id = $1", i))
            for i in (one, another)
        ]
        both = mine & theirs
        assert both
        done = await link_cases(database, basis(), one, LinkOrder(fresh(), min(both), other=another))
        assert isinstance(done, Acting)
        assert (done.refused.code, done.refused.field) == ("restricted", "other")
    for one in ids:
        ((_, incident, version),) = await rows(installation, CASE, one)
        assert (incident, version) == (None, 1)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
async def test_whatever_happens_in_whatever_order_an_incident_is_of_one_circle(
    installation: Installation, database: Database, seed: int
) -> None:
    dice = Random(seed)
    place = ["Song Liễu", "Trí Quả", "Lương Tài", "Gia Bình"][seed - 1]
    text = BRIBE.replace("Vũ Ninh", place)
    texts = (FIRE.format(place=place), text, text.replace("Cán bộ địa chính", "Chủ tịch"))
    ids: list[UUID] = []
    for step in range(30):
        new = report(dice.choice(texts), submitted_at=NOW + timedelta(minutes=step))
        await apply(database, new)
        ids.append(new.report_id)
        one, other = dice.choice(ids), dice.choice(ids)
        match dice.randrange(5):
            case 0:
                order = LinkOrder(fresh(), f"mttq@{HOME}", other=other)
                await link_cases(database, basis(), one, order)
            case 1:
                await unlink_case(database, basis(), one, LinkOrder(fresh(), f"mttq@{HOME}"))
            case 2 | 3:
                accused = dice.choice(("none", "commune_chair", "commune_official", "school"))
                told = Reclassify(at=NOW, by=f"mttq@{HOME}", accused=accused, note="x")
                await act_on_case(database, basis(), one, fresh(), told)
            case _:
                await apply(database, withdrawn(one))
        if dice.random() < 0.5:
            await linker(database)()
        await of_one_circle_each(database)
    assert await value(
        installation,
        "SELECT count(*) FROM cases WHERE case_id = ANY ($1) AND restricted AND incident IS NOT NULL",
        ids,
    )


async def of_one_circle_each(database: Database) -> None:
    """Every incident's cases are of one circle, and none of a guarded one goes with another."""
    circles: dict[str, set[str]] = {}
    async with database.connection() as connection:
        for row in await connection.fetch("SELECT * FROM cases WHERE incident IS NOT NULL"):
            case = case_of(row)
            circles.setdefault(str(case.facts.incident), set()).add(circle_of(case))
            assert not case.facts.restricted or case.facts.state != "linked"
    assert all(len(found) == 1 for found in circles.values())
