"""A mixed report in the tables: a case a matter, judged for itself, withdrawn and erased with its report."""

from typing import Any
from uuid import UUID

import pytest

from deploy.local.installation import Installation
from services.routing.domain.life.commands import Answer
from services.routing.domain.parts import part_id
from services.routing.use_cases.act_on_cases import Done, act_on_case
from shared.database import Database
from shared.messaging.received import Dead, Verdict
from tests.integration.routing.lives import feedback
from tests.integration.routing.support import NOW, apply, erased, fresh, report, rows, value, withdrawn
from tests.unit.routing.ground import basis
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


async def answered(database: Database, installation: Installation, case_id: UUID) -> int:
    """Its owner answers; returns the version of the answer."""
    owner = await value(installation, "SELECT resolving_owner FROM cases WHERE case_id = $1", case_id)
    done = await act_on_case(database, basis(), case_id, fresh(), Answer(at=NOW, by=owner, outcome="settled"))
    assert isinstance(done, Done)
    return done.case.version


@pytest.mark.usefixtures("mapped")
async def test_a_word_on_one_answer_is_not_said_of_the_other(
    database: Database, installation: Installation
) -> None:
    made = report(MIXED)
    await apply(database, made)
    root, part = made.report_id, part_id(made.report_id, 2)
    of_root, of_part = [await answered(database, installation, case_id) for case_id in (root, part)]
    agreed = feedback(root, "agree", of_part, part)
    assert await apply(database, agreed) == [Verdict.FRESH]
    assert [state for _, state, _ in await cases(installation, root)] == ["answered", "closed"]
    assert await apply(database, agreed) == [Verdict.DUPLICATE]
    assert await apply(database, feedback(root, "object", of_root)) == [Verdict.FRESH]
    assert [state for _, state, _ in await cases(installation, root)] == ["disputed", "closed"]


@pytest.mark.usefixtures("mapped")
async def test_a_word_on_a_case_of_another_report_is_put_aside_and_changes_nothing(
    database: Database, installation: Installation
) -> None:
    made, other = report(MIXED), report(MIXED)
    await apply(database, made, other)
    theirs, root = part_id(other.report_id, 2), made.report_id
    seen = await answered(database, installation, theirs)
    not_there_yet = fresh()
    words = [
        feedback(root, "agree", seen, theirs),
        feedback(root, "agree", seen, other.report_id),
        feedback(root, "agree", seen, part_id(root, 3)),
        feedback(not_there_yet, "agree", seen, theirs),
        feedback(not_there_yet, "agree", seen, fresh()),
    ]
    for told in ([word] for word in words):
        assert await apply(database, *told) == [Dead("foreign_case", "case_id")]
    assert await apply(database, *words) == [Dead("foreign_case", "case_id")] * len(words)
    assert [state for _, state, _ in await cases(installation, other.report_id)] == ["opened", "answered"]
    assert await value(installation, "SELECT count(*) FROM parked_commands") == 0


@pytest.mark.usefixtures("mapped")
async def test_a_word_on_a_part_waits_for_its_report(database: Database, installation: Installation) -> None:
    made = report(MIXED)
    part = part_id(made.report_id, 2)
    waiting = "SELECT count(*) FROM parked_commands WHERE case_id = $1"
    assert await apply(database, feedback(made.report_id, "agree", 3, part)) == [Verdict.FRESH]
    assert await value(installation, waiting, part) == 1
    await apply(database, made)
    assert await value(installation, waiting, part) == 0
