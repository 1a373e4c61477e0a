"""Registered sources over time: new keys at once, other channels refused, erasure of what they sent twice."""

import httpx2
import pytest

from deploy.local.installation import Installation
from services.intake.use_cases.register_sources import Registration, register_sources
from shared.database import Database
from tests.integration.intake.support import (
    SOURCE,
    TOKEN,
    body,
    fresh_id,
    headers,
    keys,
    reading,
    register,
    ring,
    send,
    settled,
)
from tests.support import eventually

ZALO, ZALO_TOKEN = "https://zalo.example/oa", "a-token-of-the-zalo-source-for-tests-only"
MINE = {"Authorization": f"Bearer {TOKEN}"}


async def test_a_source_registered_a_moment_ago_is_known_and_held_to_its_channels(
    intake: httpx2.AsyncClient, installation: Installation
) -> None:
    before = await settled(installation, 0)
    key = b"z" * 32
    await register(installation, Registration(ZALO, "Zalo", {"2026-1": key}, ZALO_TOKEN, ("zalo",)))
    payloads = {fresh_id(): body(channel=channel) for channel in ("zalo", "hotline")}
    await send(
        installation, [(b, headers(event_id, b, key=key, source=ZALO)) for event_id, b in payloads.items()]
    )
    after = await settled(installation, before["consumed"] + 2)
    assert after["fresh"] - before["fresh"] == 1
    async with reading(installation) as db:
        detail = await db.fetchval("SELECT detail FROM refusals WHERE scope = $1", ZALO)
    assert detail == "channel:channel_not_allowed"
    report = {"text": "Mất nước", "channel": "zalo"}
    told = {"Authorization": f"Bearer {ZALO_TOKEN}", "Idempotency-Key": fresh_id()}
    assert (await intake.post("/v1/reports", json=report, headers=told)).status_code == 202


async def test_a_key_is_changed_in_midstream(intake: httpx2.AsyncClient, installation: Installation) -> None:
    before = await settled(installation, 0)
    database = Database(installation.dsn("intake"), "intake")
    await database.open()
    new = b"n" * 32
    async with database.transaction() as tx:
        both = Registration(SOURCE, "Đường dây nóng", {"2026-1": bytes(range(32)), "2027-1": new}, TOKEN)
        await register_sources(tx, ring(installation), [both])
    await database.close()
    payload = body()
    by_new = [
        (name, b"2027-1" if name == "ln_keyid" else value)
        for name, value in headers(fresh_id(), payload, key=new)
    ]
    await send(installation, [(payload, headers(fresh_id(), payload)), (payload, by_new)])
    after = await settled(installation, before["consumed"] + 2)
    assert after["fresh"] - before["fresh"] == 2


async def test_a_source_that_is_switched_off_is_heard_no_more(
    intake: httpx2.AsyncClient, installation: Installation
) -> None:
    await register(installation, Registration(ZALO, "Zalo", {}, ZALO_TOKEN, ("zalo",), active=False))

    async def look() -> bool:
        told = {"Authorization": f"Bearer {ZALO_TOKEN}", "Idempotency-Key": fresh_id()}
        return (await intake.post("/v1/reports", json={"text": "a"}, headers=told)).status_code == 401

    await eventually(look, deadline_s=15, what="the source to be refused")


async def test_erasing_a_report_takes_the_conflicting_letter_with_it(
    intake: httpx2.AsyncClient, installation: Installation
) -> None:
    before = await settled(installation, 0)
    event_id = fresh_id()
    for n, text in enumerate(("Tôi là Trần Canary", "Tôi là Trần Canary, nhắc lại"), start=1):
        await send(installation, [(body(text), headers(event_id, body(text)))])
        await settled(installation, before["consumed"] + n)
    became = (await intake.get(f"/v1/submissions/{SOURCE}/{event_id}", headers=MINE)).json()
    assert (await intake.post(f"/v1/reports/{became['tracking_code']}:erase")).status_code == 200
    async with reading(installation) as db:
        letter = await db.fetchrow("SELECT * FROM dead_letters WHERE detail = $1", became["report_id"])
    assert letter is not None
    assert (letter["state"], letter["payload"]) == ("discarded", None)


CANARY = "Tôi là Trần Canary"


async def test_erasing_takes_what_was_refused_before_it_came_in_and_keeps_nothing_that_comes_after(
    intake: httpx2.AsyncClient, installation: Installation
) -> None:
    before = await settled(installation, 0)
    event_id, other = fresh_id(), fresh_id()
    refused, twice = body(CANARY, channel="pigeon"), body(CANARY, purpose="x")
    unsigned = [(n, v) for n, v in headers(event_id, refused) if n != "ln_signature"]
    timeless = [(n, v) for n, v in headers(event_id, refused) if n != "ce_time"]
    spoiled = [(refused, headers(event_id, refused)), (refused, unsigned), (refused, timeless)]
    spoiled += [(twice, headers(event_id, twice))]
    await send(installation, [*spoiled, (refused, headers(other, refused))])
    await settled(installation, before["consumed"] + 5)
    await send(installation, [(body(CANARY), headers(event_id, body(CANARY)))])
    await settled(installation, before["consumed"] + 6)
    assert await letters(installation, event_id) == {("open", True): 4}

    became = (await intake.get(f"/v1/submissions/{SOURCE}/{event_id}", headers=MINE)).json()
    assert (await intake.post(f"/v1/reports/{became['tracking_code']}:erase")).status_code == 200
    assert await letters(installation, event_id) == {("discarded", False): 4}
    conflict = body("Khác hẳn")
    await send(installation, [*spoiled, (conflict, headers(event_id, conflict))])
    after = await settled(installation, before["consumed"] + 11)
    assert after["dead"] - before["dead"] == 10
    assert await letters(installation, event_id) == {("discarded", False): 9}
    assert await letters(installation, other) == {("open", True): 1}, "another's letter is left alone"


async def letters(installation: Installation, event_id: str) -> dict[tuple[str, bool], int]:
    """How many dead letters name this submission, by their state and whether they hold anything."""
    subject = keys(installation).subject(SOURCE, event_id)
    async with reading(installation) as db:
        rows = await db.fetch(
            "SELECT state, payload IS NOT NULL AS kept, count(*)::int AS n FROM dead_letters"
            " WHERE subject = $1 GROUP BY 1, 2",
            subject,
        )
    return {(row["state"], row["kept"]): row["n"] for row in rows}


@pytest.mark.parametrize(
    "wrong",
    [
        Registration("public", "x", {}, TOKEN),
        Registration("a\nb", "x", {}, TOKEN),
        Registration("a", "x", {"k": b"short"}, TOKEN),
        Registration("a", "x", {}, "short"),
        Registration("a", "x", {}, TOKEN, ("pigeon",)),
    ],
)
async def test_a_registration_that_cannot_be_is_refused(
    installation: Installation, wrong: Registration
) -> None:
    with pytest.raises(ValueError, match="source"):
        await register(installation, wrong)
