"""A case's row takes what was decided on it in one transaction, or the transaction fails."""

from dataclasses import replace

import pytest

from services.routing.store import cases as store
from services.routing.store.cases import Overtaken
from shared.database import Database
from tests.integration.routing.support import apply, report


async def test_several_decisions_on_one_case_are_written_together(database: Database) -> None:
    made = report()
    await apply(database, made)
    async with database.transaction() as tx:
        was = (await store.lock(tx, [made.report_id]))[made.report_id]
        await store.change(tx, [(was, replace(was, version=was.version + 2))])
    async with database.transaction() as tx:
        now = (await store.lock(tx, [made.report_id]))[made.report_id]
    assert now.version == was.version + 2


async def test_a_case_that_is_not_as_it_was_read_fails_the_transaction(database: Database) -> None:
    """Whoever changes a case without its lock must not lose a decision in silence."""
    made, other = report(), report()
    await apply(database, made, other)
    ids = [made.report_id, other.report_id]
    async with database.transaction() as tx:
        seen = await store.lock(tx, ids)
        await store.change(tx, [(seen[made.report_id], replace(seen[made.report_id], version=2))])
    pairs = [(case, replace(case, version=case.version + 1)) for case in seen.values()]
    with pytest.raises(Overtaken, match=str(made.report_id)):
        async with database.transaction() as tx:
            await store.change(tx, pairs)
    async with database.transaction() as tx:
        assert {case.version for case in (await store.lock(tx, [other.report_id])).values()} == {1}
