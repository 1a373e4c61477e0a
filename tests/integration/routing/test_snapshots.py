"""Every case said again: for a projection that starts late; one that has the version takes no harm."""

import asyncpg
import orjson

from deploy.local.installation import Installation
from services.routing.use_cases.announce_cases import announce_cases
from shared.database import Database
from tests.integration.intake.support import topic
from tests.integration.routing.support import TEXT, apply, erased, report, rows, value, withdrawn
from tests.support import Running, eventually

SENT = "SELECT count(*) FROM outbox"


async def snapshots(installation: Installation) -> list[dict[str, object]]:
    return [
        orjson.loads(record.value)
        for record in topic(installation, "cases.events")
        if dict(record.headers)["ce_type"] == b"langnghe.CaseSnapshot.v1"
    ]


async def test_each_case_once_at_its_version_with_the_same_facts(
    service: Running, installation: Installation, database: Database
) -> None:
    made = [report(TEXT) for _ in range(25)]
    await apply(database, *made, withdrawn(made[3].report_id), erased(made[4].report_id))
    batches = [n async for n in announce_cases(database, batch=10)]
    assert batches == [10, 10, 5]

    async def sent() -> bool:
        return await value(installation, SENT) == 0

    await eventually(sent, what="an empty outbox")
    told = await snapshots(installation)
    assert sorted((s["case_id"], s["version"]) for s in told) == [
        (str(i), version)
        for i, version in await rows(installation, "SELECT case_id, version FROM cases ORDER BY 1")
    ]
    # The last event of each case says the same facts, audience and reasons as its snapshot.
    last = {}
    for record in topic(installation, "cases.events"):
        body = orjson.loads(record.value)
        if dict(record.headers)["ce_type"] != b"langnghe.CaseSnapshot.v1":
            last[body["case_id"], body["version"]] = body
    for snapshot in told:
        event = last[snapshot["case_id"], snapshot["version"]]
        for name in ("after", "audience", "reasons", "map_version", "decided_at"):
            assert snapshot[name] == event[name], name
        assert snapshot["before"] == snapshot["after"]


async def test_a_case_that_changes_meanwhile_is_said_in_order(
    service: Running, installation: Installation, database: Database
) -> None:
    made = report(TEXT)
    await apply(database, made)
    async for _ in announce_cases(database, batch=5):
        await apply(database, withdrawn(made.report_id))

    async def versions() -> list[int]:
        if await value(installation, SENT):
            return []
        key = str(made.report_id).encode()
        return [orjson.loads(r.value)["version"] for r in topic(installation, "cases.events") if r.key == key]

    said = await eventually(versions, what="the case's events")
    assert said[-1] == 2
    assert said == sorted(said)


async def test_of_no_cases_nothing_is_said(mapped: Installation, database: Database) -> None:
    # Routing's own role may not take history away.
    admin = await asyncpg.connect(mapped.admin_dsn, server_settings={"search_path": "routing"})
    await admin.execute("TRUNCATE cases, case_decisions, case_texts")
    await admin.close()
    assert [n async for n in announce_cases(database)] == []
