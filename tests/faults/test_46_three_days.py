"""Fault 46: three days without routing, then a start: everything overdue is called once, and no storm."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.routing.map.seed import unit_map
from services.routing.rules import standard
from shared.units import full_name
from tests.faults.town import PATIENCE_S, Town
from tests.support import eventually

pytestmark = [pytest.mark.faults, pytest.mark.slow]

COUNT = 60
_CASES = "SELECT case_id, c.state FROM intake.submissions s JOIN routing.cases c ON c.case_id = s.report_id"
_THREE_DAYS_LATER = """
UPDATE routing.cases SET received_at = received_at - interval '21 days',
    forward_by = forward_by - interval '21 days', settle_by = settle_by - interval '21 days',
    listen_by = listen_by - interval '21 days', look_at = look_at - interval '21 days'
WHERE case_id = ANY ('{{{ids}}}'::uuid[]);
UPDATE routing.reached SET at = at - interval '21 days' WHERE case_id = ANY ('{{{ids}}}'::uuid[]);
"""
_CALLS = """
SELECT case_id, count(*) AS n FROM routing.case_decisions
WHERE case_id = ANY ($1::uuid[]) AND kind IN ('Reminded', 'Escalated') GROUP BY case_id
"""


async def test_46_three_days_without_routing(town: Town) -> None:
    """Sixty cases whose every clock ended while routing was away: one call each, at most so many an hour for
    a body, the rest waits for the next hour; and what came in meanwhile is decided as ever."""
    town.proved = False
    # Of as many communes, so that they are not one incident; all rise to one body of the province.
    sent = await town.submit([f"Đường vỡ, nhiều ổ gà ở {name}, đi lại rất khó" for name in communes()])
    await town.quiet()
    rows = await town.rows(f"{_CASES} WHERE submission_key = ANY ($1::text[])", sent)
    # Reports of other tests in the same town may have taken one into their incident: it has no clock then.
    ids = [row["case_id"] for row in rows if row["state"] != "linked"]
    assert len(rows) == COUNT
    assert len(ids) > COUNT * 0.9
    town.stop("routing")
    mails = await town.mails()
    # Time cannot be moved, so the cases are: as if routing had stopped before all their clocks ended.
    await town.as_admin(_THREE_DAYS_LATER.format(ids=",".join(map(str, ids))))
    late = await town.report(5)
    await town.settled(late)
    town.start("routing")
    limit = standard().escalation.calls_per_hour
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)

    async def looked_at() -> bool:
        waiting = "SELECT count(*) FROM routing.cases WHERE look_at <= now() AND case_id = ANY ($1::uuid[])"
        return await town.value(waiting, ids) == 0

    await town.whole()
    await eventually(looked_at, deadline_s=PATIENCE_S, what="every overdue case to be looked at")
    if datetime.now(UTC) - hour > timedelta(hours=1):
        pytest.skip("the hour ended within the test: the valve opened twice")
    calls = {row["case_id"]: row["n"] for row in await town.rows(_CALLS, ids)}
    assert set(calls.values()) == {1}, "whatever was overdue, a case is called for once"
    held = await town.rows("SELECT body, sent, held FROM routing.calls WHERE hour = $1", hour)
    assert all(row["sent"] <= limit for row in held), held
    assert len(calls) + sum(row["held"] for row in held) >= len(ids)
    assert len(calls) <= limit * len(held)
    await town.quiet()
    # Each call reaches a body and who is above it, by a message of its own or as a flood in one.
    assert await town.mails() - mails <= 3 * len(calls) + 5 * len(late)
    await town.taken(late)
    await _undo(town, ids)
    await town.sound()


def communes() -> list[str]:
    """Names of communes of today's province."""
    day, units = date(2026, 10, 1), unit_map()
    home = units.by_code("24", day, "province")
    assert home is not None
    return [full_name(unit) for unit in units.units(day, "commune", home.id)][:COUNT]


async def _undo(town: Town, ids: list[UUID]) -> None:
    """The clocks as they were, so that the town is as routing left it."""
    forth = _THREE_DAYS_LATER.replace("- interval", "+ interval").format(ids=",".join(map(str, ids)))
    await town.as_admin(forth)
