"""Faults 23-26 and 28 on every topic: each bad record is one dead letter, its batch takes effect."""

import pytest

from shared.contracts.topics import TOPICS
from shared.migrations import SERVICES
from tests.faults.bad_records import bad_records, produce
from tests.faults.town import PATIENCE_S, Town
from tests.integration.intake.support import fresh_id, headers, send
from tests.integration.intake.test_records import FAULTS, POISON, good
from tests.support import eventually

pytestmark = pytest.mark.faults

INTERNAL = ("reports.events", "cases.events", "units.events", "situation.events", "notifications.events")
GOOD = 499
# Of the topic's present life: an offset of an earlier one is another record.
LETTERS = """
SELECT partition, record_offset, reason FROM {0}.dead_letters WHERE topic = $1
AND topic_id = (SELECT topic_id FROM {0}.dead_letters WHERE topic = $1 ORDER BY id DESC LIMIT 1)
"""
ALL_CASES = """
SELECT count(c.case_id) = cardinality($1::text[]) AND NOT EXISTS (SELECT 1 FROM routing.outbox)
FROM intake.submissions AS s LEFT JOIN routing.cases AS c ON c.case_id = s.report_id
WHERE s.submission_key = ANY ($1::text[])
"""


async def test_23_24_25_26_28_bad_records_among_499_good_ones_on_every_topic(town: Town) -> None:
    """The readers of a topic start when good and bad ones lie there together, so that they share batches."""
    town.stop(*SERVICES)
    letters = {service: await town.letters(service) for service in SERVICES}
    placed = {name: await produce(town.installation.bootstrap, name, bad_records(name)) for name in INTERNAL}
    ids = await town.report(GOOD // 2)
    refused = await _outsiders(town)
    ids += await town.report(GOOD - GOOD // 2)

    town.start("intake")
    await town.settled(ids)
    town.start("routing")
    await _all_cases(town, ids)
    for service in ("aggregation", "notify"):
        town.start(service)
    await town.sound()

    await town.taken(ids)
    assert await town.letters("intake") == letters["intake"] + refused + 2 * len(bad_records(INTERNAL[0]))
    for name in INTERNAL:
        reasons = {bad.fault: bad.reasons for bad in bad_records(name)}
        for service in TOPICS[name].consumers:
            dead = await town.rows(LETTERS.format(service), name)
            found = {(row["partition"], row["record_offset"]): row["reason"] for row in dead}
            wrong = {
                fault: found.get(where)
                for where, fault in placed[name].items()
                if found.get(where) not in reasons[fault]
            }
            assert not wrong, (service, name, wrong)


async def _outsiders(town: Town) -> int:
    """Bad records of registered sources and strangers on `reports.submitted`; returns how many."""
    records = [spoil(good(fresh_id())) for _, spoil in FAULTS]
    records += [(body, headers(fresh_id(), body)) for body in POISON.values()]
    await send(town.installation, records)
    return len(records)


async def _all_cases(town: Town, ids: list[str]) -> None:
    """Wait until routing has made a case of each and told of it."""

    async def look() -> bool:
        return bool(await town.value(ALL_CASES, ids))

    await eventually(look, deadline_s=PATIENCE_S, what="a case of each report")
