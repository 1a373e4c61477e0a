"""From reports.events to cases, on real servers: once each, withdrawn, parked, broken, told."""

from datetime import UTC, datetime

import httpx2
import orjson

from deploy.local.installation import Installation
from shared.contracts.events import NotificationDelivered, NotificationFailed
from tests.integration.intake.support import topic
from tests.integration.routing.support import (
    NOW,
    TEXT,
    envelope,
    fresh,
    report,
    rows,
    settle,
    value,
    withdrawn,
)
from tests.support import Running, eventually
from tests.unit.routing.ground import commune

STATE = "SELECT version, state FROM cases WHERE case_id = $1"


async def test_a_report_becomes_a_case_and_its_event_says_no_text(
    service: Running, installation: Installation
) -> None:
    made = report()
    assert await settle(installation, made) == {"consumed": 1, "fresh": 1, "duplicate": 0, "dead": 0}
    ((case_id, version, unit, state, category),) = await rows(
        installation,
        "SELECT case_id, version, unit, state, category FROM cases WHERE case_id = $1",
        made.report_id,
    )
    assert (version, state, category) == (1, "opened", "rac-thai")
    assert unit == commune("09169")
    assert await rows(
        installation, "SELECT version, kind FROM case_decisions WHERE case_id = $1", case_id
    ) == [(1, "Opened")]

    async def announced() -> list[bytes]:
        return [r.value for r in topic(installation, "cases.events") if r.key == str(case_id).encode()]

    (body,) = await eventually(announced, what="the case's event")
    told = orjson.loads(body)
    assert (told["version"], told["before"], told["after"]["unit"]) == (1, None, unit)
    assert "thu gom" not in body.decode()
    assert "bốc mùi" not in body.decode()


async def test_an_event_takes_effect_once_however_often_it_comes(
    service: Running, installation: Installation
) -> None:
    made = report()
    same = (made, envelope(made))
    assert await settle(installation, same, same) == {"consumed": 2, "fresh": 1, "duplicate": 1, "dead": 0}
    # At another offset, and announced anew under another event id.
    assert await settle(installation, same, made) == {"consumed": 2, "fresh": 0, "duplicate": 2, "dead": 0}
    sql = "SELECT count(*) FROM case_decisions WHERE case_id = $1"
    assert await value(installation, sql, made.report_id) == 1


async def test_a_withdrawal_ends_its_case_once(service: Running, installation: Installation) -> None:
    made = report()
    back = withdrawn(made.report_id)
    same = (back, envelope(back))
    await settle(installation, made)
    assert (await settle(installation, same, same, back))["duplicate"] == 2
    assert await rows(installation, STATE, made.report_id) == [(2, "withdrawn")]


async def test_a_withdrawal_before_its_report_waits_for_the_case(
    service: Running, installation: Installation
) -> None:
    made = report()
    back = withdrawn(made.report_id)
    same = (back, envelope(back))
    # Twice in one batch or two: kept once.
    assert (await settle(installation, same, same))["duplicate"] == 1
    assert await value(installation, "SELECT count(*) FROM cases WHERE case_id = $1", made.report_id) == 0
    await settle(installation, made)
    assert await rows(installation, STATE, made.report_id) == [(2, "withdrawn")]
    waiting = "SELECT count(*) FROM parked_commands WHERE case_id = $1"
    assert await value(installation, waiting, made.report_id) == 0
    assert (await settle(installation, same))["duplicate"] == 1
    assert await rows(installation, STATE, made.report_id) == [(2, "withdrawn")]


async def test_a_withdrawal_whose_case_never_comes_stays_and_is_measured(
    service: Running, installation: Installation, routing: httpx2.AsyncClient
) -> None:
    lost = withdrawn(fresh())
    await settle(installation, lost)

    async def measured() -> bool:
        lines = (await routing.get("/metrics")).text.splitlines()
        figures = dict(line.split(" ") for line in lines if line.startswith("langnghe_routing_parked_"))
        return all(
            float(figures[f"langnghe_routing_parked_{name}"]) > 0 for name in ("commands", "oldest_seconds")
        )

    await eventually(measured, what="the gauge of parked commands")
    assert await value(
        installation, "SELECT count(*) FROM parked_commands WHERE case_id = $1", lost.report_id
    )


async def test_a_report_that_breaks_a_decision_goes_to_a_person_with_the_error_named(
    service: Running, installation: Installation, routing: httpx2.AsyncClient
) -> None:
    # No calendar reaches so far: the deadlines cannot be counted.
    made = report(received_at=datetime(2060, 1, 1, tzinfo=UTC))
    assert (await settle(installation, made))["fresh"] == 1
    told = (await routing.get(f"/v1/cases/{made.report_id}")).json()
    assert (told["facts"]["state"], told["facts"]["restricted"], told["triage"]) == ("triage", True, "error")
    assert [body.split("@")[0] for body in told["audience"]] == ["mttq"]
    assert told["decisions"][0]["reasons"][0]["rule"].startswith("error.")
    page = await routing.get(f"/cases/{made.report_id}")
    assert "Quy tắc gặp lỗi khi xét" in page.text
    # The operator finds it by the case; what the report says is in no log.
    log = service.log("routing").read_text()
    assert "decision.broke" in log
    assert str(made.report_id) in log
    assert "bốc mùi" not in log


async def test_who_was_told_is_marked_once_without_a_new_version(
    service: Running, installation: Installation, routing: httpx2.AsyncClient
) -> None:
    made = report()
    await settle(installation, made)
    body = f"mttq@{commune('09169')}"
    fields = {
        "notification_id": fresh(),
        "subject_kind": "case",
        "subject_id": made.report_id,
        "body": body,
        "channel": "email",
        "delivery_id": fresh(),
        "at": NOW,
    }
    failed = NotificationFailed(**fields, error="timeout")
    told = NotificationDelivered(**fields)
    warning = NotificationDelivered(**(fields | {"subject_kind": "warning", "subject_id": fresh()}))
    settled = await settle(installation, failed, told, told, warning)
    assert settled == {"consumed": 4, "fresh": 3, "duplicate": 1, "dead": 0}
    case = (await routing.get(f"/v1/cases/{made.report_id}")).json()
    assert [(r["body"], r["channel"]) for r in case["reached"]] == [(body, "email")]
    assert case["version"] == 1
    page = (await routing.get(f"/cases/{made.report_id}")).text
    assert "đã nhận 09:30 20/11/2026 (thư điện tử)" in page


async def test_a_broken_record_dies_alone(service: Running, installation: Installation) -> None:
    good = report()
    bad = report(text=TEXT + "\x00")
    settled = await settle(installation, bad, good)
    # U+0000 fits no text column: the database refuses it, and only it.
    assert settled == {"consumed": 2, "fresh": 1, "duplicate": 0, "dead": 1}
    assert await value(installation, "SELECT count(*) FROM cases WHERE case_id = $1", good.report_id) == 1
    assert await rows(installation, "SELECT reason FROM dead_letters") == [("sqlstate_22021",)]
