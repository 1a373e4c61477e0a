"""Fault 22: times that cannot be: ahead of the clock, in the year 9999, without an offset."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx2
import pytest

from tests.faults.crowd import a_report
from tests.faults.town import Town
from tests.integration.intake.support import SOURCE, body, fresh_id, headers, send

pytestmark = pytest.mark.faults

REFUSED = {
    "9999-12-31T23:59:59Z": "submitted_at:time_out_of_range",
    "2026-10-01T08:00:00": "submitted_at:no_utc_offset",
    "0000-01-01T00:00:00Z": "submitted_at:time_out_of_range",
    "2026-02-30T00:00:00Z": "submitted_at:time_malformed",
    "2026-10-01T08:00:00+24:00": "submitted_at:time_malformed",
}
DAYS = """
SELECT s.submission_key, r.report_date, r.time_flags, c.report_date AS case_date, c.state, a.day
FROM intake.submissions AS s JOIN intake.reports AS r USING (report_id)
JOIN routing.cases AS c ON c.case_id = s.report_id
JOIN aggregation.counted_cases AS a ON a.case_id = s.report_id WHERE s.submission_key = ANY ($1::text[])
"""


async def test_22_from_the_future_or_long_ago(town: Town) -> None:
    """Clamped to now and flagged, counted on today; what is older than the pilot goes to a person."""
    now = datetime.now(UTC)
    told = {
        "tomorrow": now + timedelta(days=1),
        "in 70 years": now.replace(year=2096, day=1),
        "1950": now.replace(year=1950, day=1),
        "last week": now - timedelta(days=7),
    }
    ids = {name: fresh_id() for name in told}
    payloads = {name: body(submitted_at=at.isoformat()) for name, at in told.items()}
    await send(town.installation, [(payloads[n], headers(ids[n], payloads[n])) for n in told])
    await town.settled(list(ids.values()))
    await town.sound()
    await town.taken(ids.values())
    rows = {row["submission_key"]: row for row in await town.rows(DAYS, list(ids.values()))}
    found = {name: rows[id_] for name, id_ in ids.items()}
    assert all(row["report_date"] == row["case_date"] == row["day"] for row in found.values())
    assert {name: list(row["time_flags"]) for name, row in found.items()} == {
        "tomorrow": ["future_dated"],
        "in 70 years": ["future_dated"],
        "1950": ["before_2024"],
        "last week": [],
    }
    assert abs((found["tomorrow"]["day"] - now.date()).days) <= 1
    assert found["tomorrow"]["day"] == found["in 70 years"]["day"]
    assert found["1950"]["state"] == "triage"


async def test_22_times_that_are_none_are_refused(town: Town) -> None:
    """By Kafka with a dead letter that its source can ask about; over HTTP by name; nothing is counted."""
    letters = await town.letters("intake")
    ids = {fresh_id(): code for code in REFUSED.values()}
    payloads = [body(submitted_at=at) for at in REFUSED]
    await send(town.installation, [(p, headers(i, p)) for i, p in zip(ids, payloads, strict=True)])
    more = await town.report(1)
    await town.settled(more)
    async with httpx2.AsyncClient(base_url=town.running.url("intake"), timeout=30) as client:
        for at, code in REFUSED.items():
            key = {"Idempotency-Key": str(uuid4())}
            told = {**a_report("22"), "occurred_at": at}
            answer = await client.post("/v1/reports", json=told, headers=key)
            assert answer.status_code == 422
            assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [
                ("occurred_at", code.partition(":")[2])
            ]
    await town.sound()
    assert await town.letters("intake") == letters + len(REFUSED)
    rows = await town.rows(
        "SELECT submission_key, detail FROM intake.refusals WHERE scope = $1 AND submission_key = ANY ($2)",
        SOURCE,
        list(ids),
    )
    assert {row["submission_key"]: row["detail"] for row in rows} == ids
