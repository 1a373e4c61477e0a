"""A mixed report in the tables: a case a matter, withdrawn and erased with it."""

from typing import Any

import pytest

from deploy.local.installation import Installation
from shared.database import Database
from tests.integration.routing.support import apply, erased, report, rows, withdrawn
from tests.unit.routing.test_parts import MIXED

CASES = "SELECT case_id = root_id, state, category FROM cases WHERE root_id = $1 ORDER BY 1 DESC"
TEXTS = "SELECT text FROM case_texts JOIN cases USING (case_id) WHERE root_id = $1 ORDER BY length(text) DESC"


async def cases(installation: Installation, root: Any) -> list[tuple[Any, ...]]:
    return await rows(installation, CASES, root)


@pytest.mark.usefixtures("mapped")
async def test_each_matter_is_a_case_with_its_own_words(
    database: Database, installation: Installation
) -> None:
    made = report(MIXED)
    await apply(database, made)
    assert [(root, state) for root, state, _ in await cases(installation, made.report_id)] == [
        (True, "opened"),
        (False, "opened"),
    ]
    whole, part = [row[0] for row in await rows(installation, TEXTS, made.report_id)]
    assert whole == MIXED
    assert part in MIXED
    assert part != MIXED


@pytest.mark.usefixtures("mapped")
async def test_who_withdraws_the_report_withdraws_its_parts(
    database: Database, installation: Installation
) -> None:
    early, late = report(MIXED), report(MIXED)
    await apply(database, early)
    await apply(database, withdrawn(early.report_id), withdrawn(late.report_id))
    await apply(database, late)
    for made in (early, late):
        assert {state for _, state, _ in await cases(installation, made.report_id)} == {"withdrawn"}


@pytest.mark.usefixtures("mapped")
async def test_no_word_of_an_erased_report_is_left_in_its_parts(
    database: Database, installation: Installation
) -> None:
    early, late = report(MIXED), report(MIXED)
    await apply(database, early)
    await apply(database, erased(early.report_id), erased(late.report_id))
    await apply(database, late)
    for made in (early, late):
        assert len(await cases(installation, made.report_id)) == 2
        assert await rows(installation, TEXTS, made.report_id) == []
