"""The checker, tried by breaking each invariant by hand: it names the culprits."""

from collections.abc import AsyncIterator

import asyncpg
import orjson
import pytest

from deploy.cli.checker import Planted, check
from deploy.local.installation import Installation
from tests.integration.checker.world import ONE, TWO, filled, make_sound

CHECKED = ("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9")
LETTER = orjson.dumps({"key": "MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAx", "headers": [], "value": None, "timestamp": 0})  # fmt: skip  # noqa: E501
POSITION = "INSERT INTO routing.positions VALUES ('langnghe.routing.reports.events', 'reports.events', "
BREAKS = {
    "a report without a case": ("I1", "DELETE FROM routing.cases WHERE case_id = '{one}'", str(ONE)),
    "a part without a root": ("I1", "UPDATE routing.cases SET root_id = '{two}' WHERE case_id = '{one}'; "
        "UPDATE routing.cases SET root_id = '{one}' WHERE case_id = '{two}'", str(ONE)),
    "a case without a report": ("I2", "DELETE FROM intake.reports WHERE report_id = '{two}'", str(TWO)),
    "a refused one accepted": ("I2", "UPDATE intake.refusals SET report_id = '{one}'", str(ONE)),
    "a report under two keys": ("I3", "INSERT INTO intake.submissions VALUES ('web', 'k9', 'x', '{one}')",
        f"{ONE}: 2 keys"),
    "a key without a report": ("I3", "INSERT INTO intake.submissions VALUES "
        "('web', 'k9', 'x', '00000000-0000-0000-0000-000000000099')", "key without report"),
    "a report without a key": ("I3", "DELETE FROM intake.submissions WHERE report_id = '{two}'", str(TWO)),
    "a leaf too high": ("I4", "UPDATE aggregation.leaf_counts SET n = 2 WHERE state = 'opened'",
        "counted 2, cases 1"),
    "a leaf lost": ("I4", "DELETE FROM aggregation.leaf_counts WHERE state = 'opened'", "counted 0, cases 1"),
    "a case under another key": ("I4", "UPDATE routing.cases SET severity = 3 WHERE case_id = '{one}'",
        "counted 0, cases 1"),
    "a roll-up too low": ("I4", "UPDATE aggregation.rollups SET n = 0 WHERE unit = 'ubbbbbb' "
        "AND state = 'opened'", "ubbbbbb 2026-10-05 khac request opened: rolled up 0, leaves 1"),
    "a notification in no delivery": ("I5", "DELETE FROM notify.delivery_items", "delivered in no delivery"),
    "nobody told": ("I5", "DELETE FROM notify.delivery_items; DELETE FROM notify.notifications "
        "WHERE subject_id = '{one}'", f"{ONE}: nobody to be told"),
    "an outsider told": ("I5", "UPDATE routing.cases SET audience = '{mttq@uaaaaaa}' WHERE case_id = '{one}'",
        "told ubnd@uaaaaaa, which may not know"),
    "a digest forgotten": ("I5", "UPDATE notify.notifications SET planned_at = now() - interval '2 hours' "
        "WHERE state = 'planned'", "planned since"),
    "a delivery marked, its notification not": ("I5", "UPDATE notify.notifications SET state = 'queued' "
        "WHERE state = 'delivered'", "is queued"),
    "delivered twice": ("I5", "INSERT INTO notify.attempts (delivery_id, number, outcome) "
        "VALUES ('{delivery}', 2, 'delivered')", "delivered 2 times"),
    "counters that do not add up": ("I6", POSITION + "'gone', 0, 0, 3, 3, 1, 1, 0, 0, 0)", "parts 2"),
    "a dead record without a letter": ("I6", POSITION + "'gone', 0, 0, 3, 3, 2, 0, 1, 0, 0)", "letters 0"),
    "a decision lost": ("I7", "DELETE FROM routing.case_decisions WHERE case_id = '{two}' AND version = 1",
        f"{TWO}: version 2, decisions 1 from 2 to 2"),
    "a projection behind": ("I7", "UPDATE notify.known_cases SET version = 1 WHERE case_id = '{two}'",
        f"notify.known_cases {TWO}: version 1, case 2"),
    "a projection without the case": ("I7", "DELETE FROM intake.case_status WHERE case_id = '{one}'",
        f"intake.case_status {ONE}: version none, case 1"),
    "a position that counted too little": ("I8", POSITION + "'gone', 0, 0, 5, 3, 3, 0, 0, 0, 0)",
        "counters reach 3, next_offset 5"),
    "an outbox not empty": ("I9", "INSERT INTO intake.outbox (shard, topic, key, headers, payload) "
        "VALUES (0, 't', 'k', 'h', 'p')", "intake.outbox: 1 rows"),
    "a command parked": ("I9", "INSERT INTO routing.parked_commands "
        "VALUES ('{one}', '{two}', 'withdraw', now())",
        "routing.parked_commands: 1 rows"),
    "a case not compared": ("I9", "INSERT INTO routing.incident_marks (unit, case_id) VALUES ('u', '{one}')",
        "routing.incident_marks: 1 rows"),
}  # fmt: skip


@pytest.fixture
async def world(installation: Installation) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(installation.admin_dsn)
    await connection.execute("SET search_path TO notify")  # where a trigger of its own finds its table
    await make_sound(connection)
    yield connection
    await connection.close()


async def test_a_sound_world(installation: Installation, world: "asyncpg.Connection[asyncpg.Record]") -> None:
    report = await check(installation.dsn("reader"), installation.bootstrap)
    assert report.verdicts == dict.fromkeys(CHECKED, True) | {"I10": "not checked"}, report.as_json()


@pytest.mark.parametrize(("invariant", "damage", "culprit"), BREAKS.values(), ids=BREAKS.keys())
async def test_a_broken_world(
    installation: Installation,
    world: "asyncpg.Connection[asyncpg.Record]",
    invariant: str,
    damage: str,
    culprit: str,
) -> None:
    await world.execute(filled(damage))
    report = await check(installation.dsn("reader"), installation.bootstrap, only=[invariant])
    assert report.results[invariant].holds is False
    assert any(culprit in named for named in report.results[invariant].offending), report.as_json()


async def test_an_open_dead_letter_that_names_the_report_stands_for_its_case(
    installation: Installation, world: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await world.execute(filled("DELETE FROM routing.cases WHERE case_id = '{one}'"))
    await world.execute(
        "INSERT INTO routing.dead_letters (consumer_group, topic, topic_id, partition, record_offset, "
        "record_ms, reason, detail, payload, sealed) "
        "VALUES ('g', 'reports.events', 'x', 0, 0, 0, 'apply_failed', '', $1, false)",
        LETTER,
    )
    report = await check(installation.dsn("reader"), installation.bootstrap, only=["I1"])
    assert report.verdicts == {"I1": True}
    await world.execute("UPDATE routing.dead_letters SET state = 'discarded'")
    report = await check(installation.dsn("reader"), installation.bootstrap, only=["I1"])
    assert report.verdicts == {"I1": False}


async def test_no_table_no_verdict(
    installation: Installation, world: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await world.execute("ALTER TABLE intake.refusals RENAME TO refusals_away")
    try:
        report = await check(installation.dsn("reader"), installation.bootstrap, only=["I2"])
    finally:
        await world.execute("ALTER TABLE intake.refusals_away RENAME TO refusals")
    assert report.verdicts == {"I2": "not checked"}
    assert report.results["I2"].note == "no intake.refusals"


PLACES = {
    "a text": ("UPDATE intake.reports SET text = 'gọi ' || $1 WHERE report_id = '{one}'", "intake.reports"),
    "bytes": ("UPDATE routing.cases SET findings = convert_to($1, 'UTF8') WHERE case_id = '{one}'",
        "routing.cases"),
    "an array": ("UPDATE routing.cases SET flags = ARRAY[$1] WHERE case_id = '{one}'", "routing.cases"),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "where"), PLACES.values(), ids=PLACES.keys())
async def test_a_canary_in_a_table(
    installation: Installation, world: "asyncpg.Connection[asyncpg.Record]", damage: str, where: str
) -> None:
    planted = Planted(["Nguyễn Văn Vàng Anh", "0912 345 678 không có"])
    await world.execute(filled(damage).replace("$1", "'Nguyễn Văn Vàng Anh'"))
    report = await check(installation.dsn("reader"), installation.bootstrap, only=["I10"], planted=planted)
    (culprit,) = report.results["I10"].offending
    assert culprit.startswith(where)
    assert culprit.endswith("canary 0")
    assert "Vàng" not in str(report.as_json())
