"""Events become notifications once, whatever is repeated, late or reordered."""

from datetime import date
from uuid import uuid4

import pytest

from services.notify.use_cases.plan_warnings import plan_warnings
from services.notify.use_cases.planning import BAD_EVENT_ID
from shared.contracts.events import CaseSnapshot, WarningCleared, WarningRaised
from shared.messaging.envelope import new_envelope
from shared.messaging.received import Received, Verdict
from shared.units import UnitMap
from tests.integration.notify.ground import (
    COMMUNE,
    FRONT,
    NOW,
    OFFICE,
    PROVINCE,
    TOP,
    Notify,
    case_event,
    closed,
    recipient,
)  # fmt: skip

FRESH, DUPLICATE = Verdict.FRESH, Verdict.DUPLICATE
STATES = "SELECT version, recipient_id, state, reason FROM notifications ORDER BY version, recipient_id"

BY_STATE = "SELECT version, state, count(*) FROM notifications GROUP BY 1, 2 ORDER BY 1, 2"


async def test_each_owner_has_one_row_and_a_repeat_none(notify: Notify) -> None:
    await notify.load(recipient("front", FRONT), recipient("office", OFFICE))
    event = case_event()
    assert await notify.plan(event, event) == [FRESH, DUPLICATE]
    assert await notify.plan(event) == [DUPLICATE]
    assert await notify.rows(STATES) == [(1, "front", "planned", None), (1, "office", "planned", None)]


async def test_a_replay_tells_nobody_who_came_later(notify: Notify) -> None:
    event = case_event()
    assert await notify.plan(event) == [FRESH]
    await notify.load(recipient("front", FRONT))
    assert await notify.plan(event) == [DUPLICATE]
    assert [row[2:] for row in await notify.rows(STATES)] == [("unsent", "no_recipient")] * 2


async def test_a_recipient_loaded_a_moment_ago_is_told(notify: Notify) -> None:
    await notify.plan(case_event())
    await notify.load(recipient("front", FRONT), recipient("office", OFFICE))
    await notify.plan(case_event())
    assert await notify.value("SELECT count(*) FROM notifications WHERE state = 'planned'") == 2


async def test_a_higher_version_supersedes_in_whatever_order_they_come(notify: Notify) -> None:
    await notify.load(recipient("front", FRONT), recipient("office", OFFICE))
    one = case_event()
    two = case_event(closed, one.event.case_id, 2, state="withdrawn")
    late = case_event()
    early = case_event(closed, late.event.case_id, 2, state="withdrawn")
    assert await notify.plan(one) == [FRESH]
    assert await notify.plan(two) == [FRESH]
    assert await notify.plan(early, late) == [FRESH, FRESH]
    states = await notify.rows(BY_STATE)
    assert states == [(1, "superseded", 4), (2, "planned", 4)]
    assert await notify.rows("SELECT DISTINCT version, state FROM known_cases") == [(2, "withdrawn")]


async def test_a_snapshot_fills_the_view_and_tells_nobody(notify: Notify) -> None:
    snapshot = case_event(CaseSnapshot, version=3)
    assert await notify.plan(snapshot) == [FRESH]
    assert await notify.plan(snapshot) == [DUPLICATE]
    assert await notify.value("SELECT count(*) FROM notifications") == 0


async def test_an_id_that_is_no_uuid_is_a_dead_letter_and_the_rest_takes_effect(notify: Notify) -> None:
    bad = case_event()
    envelope = new_envelope("x", bad.envelope.type, causation=None, traceparent=None)
    bad = Received(0, 0, type(envelope)("not-a-uuid", *list_of(envelope)), bad.event)
    assert await notify.plan(bad, case_event()) == [BAD_EVENT_ID, FRESH]


def list_of(envelope: object) -> list[object]:
    return [getattr(envelope, name) for name in ("source", "type", "time", "causation", "traceparent")]


def warning(**changes: object) -> WarningRaised:
    facts = {
        "warning_id": uuid4(), "unit": COMMUNE, "path": (COMMUNE, PROVINCE), "category": "moi-truong",
        "window_start": date(2026, 11, 1), "window_end": date(2026, 11, 7), "detector": "ears-c2",
        "decided_at": NOW, "observed": 9, "expected": 2.0, "threshold": 5.0,
    }  # fmt: skip
    return WarningRaised.model_validate({**facts, **changes})


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, {FRONT, OFFICE, TOP, f"ubnd@{PROVINCE}"}),
        ({"restricted": True, "category": "tham-nhung-tieu-cuc"}, {TOP}),
        ({"restricted": True, "category": "tham-nhung-tieu-cuc", "path": ()}, set()),
    ],
)
async def test_a_warning_of_restricted_cases_is_told_to_the_front_of_the_province_alone(
    notify: Notify, changes: dict[str, object], told: set[str]
) -> None:
    bodies = (FRONT, OFFICE, TOP, f"ubnd@{PROVINCE}", f"thanh_tra@{PROVINCE}")
    await notify.load(*(recipient(f"r{n}", body) for n, body in enumerate(bodies)))
    event = warning(**changes)
    received = Received(0, 0, new_envelope("x", event.ce_type(), causation=None, traceparent=None), event)
    async with notify.database.transaction() as tx:
        await plan_warnings(tx, [received], notify.cache, UnitMap.empty)
    assert {row[0] for row in await notify.rows("SELECT body FROM notifications")} == told


async def test_warnings_are_planned_once_and_cleared_ones_supersede(notify: Notify) -> None:
    await notify.load(recipient("front", FRONT), recipient("top", TOP))
    raised = warning()
    cleared = WarningCleared.model_validate(raised.model_dump())
    events = [
        Received(0, 0, new_envelope("x", e.ce_type(), causation=None, traceparent=None), e)
        for e in (raised, cleared)
    ]
    for expected in ([FRESH, FRESH], [DUPLICATE, DUPLICATE]):
        async with notify.database.transaction() as tx:
            assert await plan_warnings(tx, events, notify.cache, UnitMap.empty) == expected
    states = await notify.rows(
        "SELECT version, state, count(*) FROM notifications GROUP BY 1, 2 ORDER BY 1, 2"
    )
    assert states == [(1, "superseded", 2), (1, "unsent", 2), (2, "planned", 2), (2, "unsent", 2)]
