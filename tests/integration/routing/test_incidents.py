"""Incidents on the real PostgreSQL: equal reports make one, whoever links them; undone again; erased."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import permutations
from random import Random
from types import SimpleNamespace
from uuid import UUID

import pytest

from deploy.local.installation import Installation
from services.routing.domain.incidents.circle import circle_of
from services.routing.domain.incidents.grounds import Grounds
from services.routing.domain.life.commands import Answer, Reclassify
from services.routing.store import cases, incident_reads
from services.routing.store import incidents as store
from services.routing.store.incident_prints import Span, candidates
from services.routing.store.rows import case_of
from services.routing.use_cases.act_on_cases import Acting, Done, act_on_case
from services.routing.use_cases.link_reports import LinkReports, link
from services.routing.use_cases.order_links import LinkOrder, link_cases, unlink_case
from shared.database import Database
from tests.integration.routing.support import NOW, TODAY, apply, erased, fresh, report, rows, value, withdrawn
from tests.support import eventually
from tests.unit.routing.ground import basis, commune

FIRE = "Cháy lớn ở xưởng nhựa phường {place}, khói đen mù mịt, lửa lan sang nhà dân"
BRIBE = "Cán bộ địa chính phường Vũ Ninh nhận hối lộ 20 triệu của tôi mới làm sổ đỏ"
HOME = basis().home(TODAY)
CASE = "SELECT state, incident, version FROM cases WHERE case_id = $1"


def linker(database: Database) -> LinkReports:
    return LinkReports(database, SimpleNamespace(current=basis()))  # type: ignore[arg-type]


async def answer(installation: Installation, database: Database, case_id: UUID) -> None:
    """Whoever must settle the case answers it."""
    by = await value(installation, "SELECT resolving_owner FROM cases WHERE case_id = $1", case_id)
    done = await act_on_case(database, basis(), case_id, fresh(), Answer(at=NOW, by=by, outcome="settled"))
    assert isinstance(done, Done)


async def waits(database: Database) -> bool:
    """Whether another connection of routing's role waits for a lock."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = current_user"
    async with database.connection() as connection:
        return bool(await connection.fetchval(asked))


async def states(installation: Installation, *case_ids: UUID) -> list[str]:
    found = dict(await rows(installation, "SELECT case_id, state FROM cases"))
    return [found[case_id] for case_id in case_ids]


@pytest.fixture
async def second(installation: Installation) -> AsyncIterator[Database]:
    """Another process's connections."""
    made = Database(installation.dsn("routing"), "routing")
    await made.open()
    yield made
    await made.close()


async def fires(database: Database, place: str, count: int) -> list[UUID]:
    """So many equal reports of a fire, minutes apart."""
    told = [
        report(FIRE.format(place=place), submitted_at=NOW + timedelta(minutes=n), received_at=NOW)
        for n in range(count)
    ]
    await apply(database, *told)
    return [one.report_id for one in told]


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
