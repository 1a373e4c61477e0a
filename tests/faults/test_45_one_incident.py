"""Fault 45: two hundred equal reports over all partitions at once: one incident.

At three routing processes, one of which dies with the marks in its hands.
"""

import pytest

from tests.faults.town import PATIENCE_S, Town
from tests.support import eventually

pytestmark = pytest.mark.faults

TEXT = "Cháy lớn ở xưởng gỗ phường Phù Khê, lửa lan sang nhà dân, xe chữa cháy chưa vào được"
_STATES = """
SELECT count(DISTINCT incident)::int AS incidents, count(incident)::int AS inside, count(*)::int AS cases,
    count(*) FILTER (WHERE state <> 'linked')::int AS leading
FROM routing.cases AS c JOIN intake.submissions AS s ON s.report_id = c.case_id
WHERE s.submission_key = ANY ($1::text[])
"""
_LEADS = """
SELECT c.case_id = i."leading" AS leads
FROM routing.cases AS c JOIN intake.submissions AS s ON s.report_id = c.case_id
JOIN routing.incidents AS i ON i.incident_id::text = c.incident
WHERE s.submission_key = ANY ($1::text[]) AND c.state <> 'linked'
"""


async def test_45_two_hundred_equal_reports_are_one_incident(town: Town) -> None:
    second, third = (town.start("routing", member=f"routing-{n}", LINK_EVERY_S=0.1) for n in (2, 3))
    town.stop("routing")
    town.start("routing", failpoint="routing.marks_taken", LINK_EVERY_S=0.1)
    await town.up(second)
    await town.up(third)
    ids = await town.submit([TEXT] * 200)
    await town.dies_and_lives_again("routing")
    await town.settled(ids)

    async def compared() -> bool:
        (row,) = await town.rows(_STATES, ids)
        return bool(row["cases"] == row["inside"] == len(ids))

    await eventually(compared, deadline_s=PATIENCE_S, what="all reports in an incident")
    (row,) = await town.rows(_STATES, ids)
    assert dict(row) == {"incidents": 1, "inside": 200, "cases": 200, "leading": 1}
    assert [r["leads"] for r in await town.rows(_LEADS, ids)] == [True]
    await town.sound()
    (row,) = await town.rows(_STATES, ids)
    assert dict(row) == {"incidents": 1, "inside": 200, "cases": 200, "leading": 1}
