"""The questions that officers ask every day are answered from an index, on fifty thousand cases."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from deploy.local.installation import Installation
from services.routing.reading import ask
from services.routing.store.reads import cases_query
from services.routing.store.rows import CASE_COLUMNS
from shared.database import Database
from tests.integration.routing.support import TEXT, apply, report
from tests.unit.routing.ground import basis

CASES = 50_000
SPREAD = (
    TEXT,
    "Rác ở phường Quế Võ ba ngày không ai thu gom",
    "Đường hỏng ở xã Tam Đa",
    "Đèn hỏng ở xã Văn Môn",
    "Huyện Quế Võ cắt điện luân phiên mà không báo",
)
NOW = datetime.now(UTC)
LONG_AGO = (NOW - timedelta(days=100)).date()


async def fill(database: Database) -> None:
    """Cases as a year brings them: ids and dates ascend, some twenty places, one in forty in triage."""
    texts = [*SPREAD[:4] * 9, *SPREAD[:3], SPREAD[4]]
    await apply(database, *map(report, texts))
    told = {"case_id": "n.id", "root_id": "n.id", "report_date": "n.at::date"}
    async with database.connection() as connection:
        await connection.execute(
            f"""
            INSERT INTO cases ({", ".join(CASE_COLUMNS)})
            SELECT {", ".join(told.get(name, f"c.{name}") for name in CASE_COLUMNS)}
            FROM (SELECT g, uuidv7((g - {CASES}) * interval '10 minutes') AS id,
                         now() + (g - {CASES}) * interval '10 minutes' AS at
                  FROM generate_series(1, {CASES}) AS g) AS n
            JOIN (SELECT row_number() OVER (ORDER BY case_id) AS k, * FROM cases) AS c ON c.k = n.g % 40 + 1
            ORDER BY n.g
            """
        )
        await connection.execute("VACUUM ANALYZE cases")


@pytest.fixture(scope="module")
def filled(mapped: Installation) -> Installation:
    async def work() -> None:
        database = Database(mapped.dsn("routing"), "routing")
        await database.open()
        await fill(database)
        await database.close()

    asyncio.run(work())
    return mapped


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({}, "cases_pkey"),
        ({"unit": "24"}, "cases_pkey"),
        ({"unit": "09169"}, "cases_unit"),
        ({"unit": "09169", "category": "nguoi-co-cong"}, "cases_unit"),
        ({"unit": "09193", "as_of": "then"}, "cases_unit"),
        ({"unit": "09193", "as_of": "today"}, "cases_unit"),
        ({"state": "triage"}, "cases_triage"),
        (
            {"unit": "09169", "from": f"{LONG_AGO}", "to": f"{LONG_AGO}", "severity": "3"},
            "cases_report_date|cases_unit",
        ),
        ({"from": f"{NOW.date()}", "legal_kind": "khieu_nai", "severity": "3"}, "cases_report_date"),
    ],
)
async def test_a_question_is_answered_from_its_index(
    filled: Installation, database: Database, asked: dict[str, str], index: str
) -> None:
    question = ask(asked, basis().units, NOW)
    assert not question.faults
    sql, values = cases_query(question.filters, 51)
    async with database.connection() as connection:
        plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN {sql}", *values))
    assert any(name in plan for name in index.split("|")), plan
    assert "Seq Scan" not in plan
