"""A case's life over HTTP: commands carried out once, refused in words, and said to everybody who follows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from deploy.local.installation import Installation
from services.routing.domain.basis import Basis
from services.routing.domain.life.commands import Reclassify, Tell
from services.routing.domain.ruleset import CalendarRules, SpecialDay
from services.routing.store import cases as store
from services.routing.store import erasures
from services.routing.use_cases.act_on_cases import Done, act_on_case, close_unopposed
from services.routing.use_cases.follow_calendar import recount
from services.routing.use_cases.link_reports import LinkReports
from services.routing.use_cases.work import Work
from shared.database import Database
from shared.units import full_name
from tests.integration.routing.lives import COMMUNES, act, feedback, opened, state
from tests.integration.routing.support import (
    NOW,
    TEXT,
    apply,
    envelope,
    erased,
    fresh,
    report,
    rows,
    settle,
    value,
)
from tests.support import Running, eventually
from tests.unit.routing.ground import basis, commune


async def test_from_opened_to_done_by_the_reporters_word(
    service: Running, installation: Installation, database: Database, routing: httpx2.AsyncClient
) -> None:
    case = await opened(database)
    assert (await act(routing, case, "forward", case.front)).status_code == 200
    assert (await act(routing, case, "accept", case.office)).json()["changed"]
    assert (await act(routing, case, "answer", case.office, outcome="settled")).status_code == 200
    told = await act(routing, case, "tell", case.front)
    assert told.json()["facts"]["clocks"]["object_by"] is not None
    seen = told.json()["version"]
    said = feedback(case.id, "agree", seen)
    assert await settle(installation, said) == {"consumed": 1, "fresh": 1, "duplicate": 0, "dead": 0}
    assert await state(routing, case) == ("closed", 6)
    why = (await routing.get(f"/v1/cases/{case}/why")).json()
    assert "answers" in why, why
    end = next(answer for answer in why["answers"] if answer["question"] == "end")
    assert [point["rule"] for point in end["points"]] == ["life.dong-y"]
    events = await rows(
        installation, "SELECT kind, by_body FROM case_decisions WHERE case_id = $1 ORDER BY 1", case.id
    )
    assert ("Accepted", case.office) in events


async def test_the_same_command_again_changes_nothing(
    service: Running, database: Database, routing: httpx2.AsyncClient
) -> None:
    case, command = await opened(database), fresh()
    first = await act(routing, case, "accept", case.office, command)
    again = await act(routing, case, "accept", case.office, command)
    assert (first.json()["changed"], again.json()["changed"]) == (True, False)
    assert first.json()["version"] == again.json()["version"] == 2


async def test_what_is_refused_names_state_command_and_field(
    service: Running, database: Database, routing: httpx2.AsyncClient
) -> None:
    case = await opened(database)
    answer = await act(routing, case, "tell", case.front)
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:langnghe:problem:command_refused"
    assert answer.json()["detail"] == (
        "Vụ việc đang ở trạng thái “Mới chuyển đến” nên không thể ghi nhận đã báo người gửi."
    )
    assert (await act(routing, case, "accept", f"ubnd@{commune('09187')}")).status_code == 403
    noteless = await act(routing, case, "return", case.office)
    assert (noteless.status_code, noteless.json()["errors"][0]["field"]) == (422, "note")
    unknown = await act(routing, case, "answer", case.office, outcome="done")
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "outcome")
    assert (await act(routing, fresh(), "accept", case.office)).status_code == 404
    assert await state(routing, case) == ("opened", 1)


async def test_a_form_acts_once_however_often_it_is_sent_and_comes_back_with_what_is_wrong(
    service: Running, database: Database, routing: httpx2.AsyncClient
) -> None:
    case = await opened(database)
    sent = {"command_id": str(fresh()), "by": case.office}
    for _ in range(2):
        done = await routing.post(f"/cases/{case}/accept", data=sent)
        assert (done.status_code, done.headers["location"]) == (303, f"/cases/{case}?xong=accept")
    assert await state(routing, case) == ("accepted", 2)
    assert "Đã thực hiện: Thụ lý." in (await routing.get(done.headers["location"])).text
    bad = await routing.post(f"/cases/{case}/return", data={"command_id": str(fresh()), "by": case.office})
    assert bad.status_code == 409
    assert "Cần ghi rõ lý do." in bad.text
    assert (await routing.post(f"/cases/{case}/answer", data=sent)).status_code == 422
    assert await state(routing, case) == ("accepted", 2)


async def test_a_page_of_another_site_cannot_act(
    service: Running, database: Database, routing: httpx2.AsyncClient
) -> None:
    case = await opened(database)
    answer = await routing.post(
        f"/cases/{case}/accept", data={"by": case.office}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert await state(routing, case) == ("opened", 1)


async def test_an_objection_goes_up_and_a_late_word_changes_nothing(
    service: Running, installation: Installation, database: Database, routing: httpx2.AsyncClient
) -> None:
    case = await opened(database)
    seen = (await act(routing, case, "answer", case.office, outcome="settled")).json()["version"]
    event = feedback(case.id, "object", seen)
    twice = (event, envelope(event))
    counted = await settle(installation, twice, twice)
    assert (counted["fresh"], counted["duplicate"]) == (1, 1)
    found = (await routing.get(f"/v1/cases/{case}")).json()["facts"]
    assert found["state"] == "disputed"
    superior = found["resolving_owner"]
    assert superior.startswith("ubnd@")
    await act(routing, case, "answer", superior, outcome="settled")
    # What was said of the first answer is not said of the second.
    assert (await settle(installation, feedback(case.id, "agree", seen)))["duplicate"] == 1
    assert (await state(routing, case))[0] == "answered"


async def test_a_reporters_word_waits_for_its_case(database: Database, installation: Installation) -> None:
    made = report(TEXT)
    await apply(database, feedback(made.report_id, "agree", 3))
    assert (
        await value(installation, "SELECT kind FROM parked_commands WHERE case_id = $1", made.report_id)
        == "agree"
    )
    await apply(database, made)
    left = "SELECT count(*) FROM parked_commands WHERE case_id = $1"
    assert await value(installation, left, made.report_id) == 0


async def test_nobody_objected_in_time_and_the_case_is_closed_once(
    service: Running, database: Database, routing: httpx2.AsyncClient
) -> None:
    case = await opened(database)
    await act(routing, case, "answer", case.office, outcome="settled")
    async with database.transaction() as tx:
        now = await erasures.fence(tx, erasing=False)
        work = Work(basis(), now, await store.lock(tx, [case.id]))
        work.carry_out(case.id, Tell(at=now - timedelta(days=30), by=case.front), fresh(), None)
        await work.write(tx)
    assert await close_unopposed(database, basis()) == 1
    assert await close_unopposed(database, basis()) == 0
    assert await state(routing, case) == ("closed", 4)


async def test_a_leading_cases_answer_answers_its_linked_cases(
    service: Running, database: Database, routing: httpx2.AsyncClient
) -> None:
    unit = next(COMMUNES)
    fire = f"Cháy lớn ở xưởng nhựa {full_name(unit).lower()}, khói đen mù mịt, lửa lan sang nhà dân"
    first, again = report(fire), report(fire, submitted_at=NOW + timedelta(minutes=3))
    await apply(database, first, again)
    await LinkReports(database, SimpleNamespace(current=basis()))()  # type: ignore[arg-type]
    assert (await routing.get(f"/v1/cases/{again.report_id}")).json()["facts"]["state"] == "linked"
    case = first.report_id
    office = (await routing.get(f"/v1/cases/{case}")).json()["facts"]["resolving_owner"]
    led = await act(routing, case, "answer", office, outcome="partly", note="còn một nhà")
    assert led.json()["facts"]["state"] == "answered"
    found = (await routing.get(f"/v1/cases/{again.report_id}")).json()
    assert (found["facts"]["state"], found["facts"]["outcome"]) == ("answered", "partly")
    assert found["decisions"][-1]["reasons"][0]["rule"] == "life.tra-loi-chung"


async def test_a_new_holiday_moves_the_clocks_that_run_and_says_which(
    database: Database, installation: Installation
) -> None:
    case = await opened(database)
    before = await value(installation, "SELECT settle_by FROM cases WHERE case_id = $1", case.id)
    day = SpecialDay(datetime(2026, 11, 25).date(), working=False, basis="thử")
    rules = basis().rules
    calendar = CalendarRules((*rules.calendar.days, day), rules.calendar.official_years)
    changed = Basis.of(replace(rules, calendar=calendar), basis().units, range(2024, 2031), "24")
    assert ((await recount(database, changed, "later")) or 0) > 0
    after = await value(installation, "SELECT settle_by FROM cases WHERE case_id = $1", case.id)
    assert after == before + timedelta(days=1)
    kinds = await rows(
        installation, "SELECT kind FROM case_decisions WHERE case_id = $1 ORDER BY version", case.id
    )
    assert kinds == [("Opened",), ("Rescheduled",)]
    assert await recount(database, changed, "later") == 0


async def test_a_command_that_breaks_leaves_the_case_as_it_was(
    database: Database, installation: Installation
) -> None:
    case, other = await opened(database), await opened(database)
    broken = Basis.of(replace(basis().rules, deadlines=()), basis().units, range(2024, 2031), "24")
    command_id = fresh()
    command = Reclassify(at=datetime.now(UTC), by=case.front, note="thử", severity=2)
    with pytest.raises(LookupError):
        await act_on_case(database, broken, case.id, command_id, command)
    kept = "SELECT version, severity FROM cases WHERE case_id = ANY ($1::uuid[])"
    assert await rows(installation, kept, [case.id, other.id]) == [(1, 1), (1, 1)]
    # Under the same id it is carried out once the rules are mended.
    done = await act_on_case(database, basis(), case.id, command_id, command)
    assert isinstance(done, Done)
    assert done.case.facts.severity == 2


async def test_an_officers_note_on_a_forgotten_reporter_is_not_kept(
    service: Running, installation: Installation, database: Database, routing: httpx2.AsyncClient
) -> None:
    case = await opened(database)
    await act(routing, case, "return", case.office, note="bà hàng xóm nói khác")
    await apply(database, erased(case.id))
    front = await act(
        routing, case, "forward", case.front, to=f"phong_kinh_te@{case.unit}", note="lời kể của bà hàng xóm"
    )
    assert front.status_code == 200
    kept = await rows(installation, "SELECT reasons FROM case_decisions WHERE case_id = $1", case.id)
    assert not [found for (found,) in kept if "hàng xóm".encode() in found]


@pytest.mark.parametrize("question", ["unit", "category", "bodies", "dates"])
async def test_why_says_rule_version_and_law(
    service: Running, database: Database, routing: httpx2.AsyncClient, question: str
) -> None:
    case = await opened(database)
    why = (await routing.get(f"/v1/cases/{case}/why")).json()
    answer = next(a for a in why["answers"] if a["question"] == question)
    assert all(point["rule"] and point["version"] and point["text"] for point in answer["points"])
    assert "{" not in str([point["text"] for point in answer["points"]])
    if question in ("bodies", "dates"):
        assert all(point["basis"] for point in answer["points"])


async def test_a_calendar_that_is_dropped_in_moves_what_runs(
    service: Running, rules: Path, database: Database, routing: httpx2.AsyncClient
) -> None:
    case = await opened(database)
    before = (await routing.get(f"/v1/cases/{case}")).json()["facts"]["clocks"]["settle_by"]
    file = rules / "calendar.toml"
    file.write_text(file.read_text() + '\n[[day]]\nday = 2026-11-26\nworking = false\nbasis = "thử"\n')

    async def look() -> Any:
        found = (await routing.get(f"/v1/cases/{case}")).json()
        return found if found["decisions"][-1]["kind"] == "Rescheduled" else None

    moved = await eventually(look, what="the clocks moved")
    after = moved["facts"]["clocks"]["settle_by"]
    assert datetime.fromisoformat(after) - datetime.fromisoformat(before) == timedelta(days=1)
    assert moved["decisions"][-1]["reasons"][0]["rule"] == "clock.doi-lich"
