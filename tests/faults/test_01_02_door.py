"""Faults 1 and 2: intake dies around its commit, and one key is used again and again."""

import asyncio
from uuid import uuid4

import asyncpg
import httpx2
import pytest

from tests.faults.crowd import Crowd, a_report
from tests.faults.town import Town
from tests.support import eventually

pytestmark = pytest.mark.faults

STEPS = (
    pytest.param("intake.claimed", marks=pytest.mark.slow),
    pytest.param("intake.accepted", marks=pytest.mark.slow),
    "intake.http.before_commit",
    "intake.http.after_commit",
)
SLOW_COMMIT = """
CREATE FUNCTION intake.slowly() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_sleep(1.5); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER slowly AFTER INSERT ON intake.submissions DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION intake.slowly()
"""
COMMITTING = """
SELECT pid FROM pg_stat_activity WHERE query ILIKE 'COMMIT%' AND state = 'active'
    AND application_name = 'langnghe-intake' AND datname = current_database()
"""


@pytest.mark.parametrize("step", STEPS)
async def test_01_intake_killed_before_its_answer(town: Town, step: str) -> None:
    """A second intake dies with the request in hand; the first answers the retry, always the same."""
    url = town.start("intake", member="victim", failpoint=step)
    await town.up(url)
    key = str(uuid4())
    with pytest.raises(httpx2.TransportError):
        await _post(url, key)
    await town.running.died("victim")
    await _retried(town, key)
    await town.sound()


@pytest.mark.parametrize("cut", ["intake", "connection"])
async def test_01_cut_during_the_commit(town: Town, cut: str) -> None:
    """COMMIT is on its way when the service dies, or its connection does: none or one, and a retry is one."""
    url = town.start("intake", member="victim")
    await town.up(url)
    admin = await asyncpg.connect(town.installation.admin_dsn)
    key = str(uuid4())
    try:
        await admin.execute(SLOW_COMMIT)
        request = asyncio.create_task(_post(url, key))

        async def committing() -> int | None:
            found: int | None = await admin.fetchval(COMMITTING)
            return found

        pid = await eventually(committing, deadline_s=20, what="a commit on its way")
        if cut == "intake":
            town.running.kill("victim")
            with pytest.raises(httpx2.TransportError):
                await request
        else:
            await admin.execute("SELECT pg_terminate_backend($1)", pid)
            assert (await request).status_code == 503
    finally:
        await admin.execute("DROP FUNCTION intake.slowly CASCADE")
        await admin.close()
    await _retried(town, key)
    await town.sound()


async def test_02_one_key_fifty_times_at_once_at_two_doors(town: Town) -> None:
    other = town.start("intake", member="second")
    await town.up(other)
    urls, key = (town.running.url("intake"), other), str(uuid4())
    answers = await asyncio.gather(*(_post(urls[n % 2], key) for n in range(50)))
    assert {a.status_code for a in answers} == {202}
    assert len({a.text for a in answers}) == 1
    different = await _post(other, key, text="Một nội dung khác ở Phường Quế Võ")
    assert different.status_code == 422
    assert different.headers["content-type"] == "application/problem+json"
    await _retried(town, key)
    await town.sound()


async def _post(url: str, key: str, **more: str) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=url, timeout=30) as client:
        request = {**a_report(key), **more}
        return await client.post("/v1/reports", json=request, headers={"Idempotency-Key": key})


async def _retried(town: Town, key: str) -> None:
    """Asked twice more under the same key, the door says the same, and there is one case of it."""
    crowd = Crowd(town)
    async with httpx2.AsyncClient(base_url=town.running.url("intake"), timeout=20) as client:
        crowd.answers[key] = await crowd.one(client, key)
        assert await crowd.one(client, key) == crowd.answers[key]
    await town.quiet()
    await crowd.kept()
    assert await town.value("SELECT count(*) FROM intake.submissions WHERE submission_key = $1", key) == 1
