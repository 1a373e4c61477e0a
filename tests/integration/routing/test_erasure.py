"""The erased stays erased: before its case, after it, in dead letters, and when something is redriven."""

import asyncio
import base64
from typing import Any

import httpx2
import orjson
import pytest

from deploy.local.installation import Installation
from services.routing.store import erasures
from shared.contracts.events import ReportReceived
from shared.database import Database
from shared.messaging.received import Verdict
from tests.integration.routing.support import (
    apply,
    envelope,
    erased,
    report,
    rows,
    settle,
    value,
    withdrawn,
)
from tests.support import Running, eventually

# No unit is certain here: words stand in the text, in the findings' candidates and in the reasons.
WORDS = "Khói lò gạch đặc sệt ở huyện Quế Võ, bụi than phủ kín sân"


async def kept(installation: Installation, made: ReportReceived) -> str:
    """All that routing's tables still hold of a report, as one text."""
    tables = {
        "cases": "case_id = $1",
        "case_decisions": "case_id = $1",
        "case_texts": "case_id = $1",
        "parked_commands": "case_id = $1",
        "dead_letters": "position(convert_to(encode(convert_to($1::uuid::text, 'UTF8'), 'base64'), 'UTF8')"
        " IN payload) > 0",
    }
    found: list[Any] = []
    for table, where in tables.items():
        found += await rows(installation, f"SELECT * FROM {table} WHERE {where}", made.report_id)
    return " ".join(_readable(cell) for row in found for cell in row)


def _readable(cell: Any) -> str:
    if not isinstance(cell, bytes):
        return str(cell)
    plain = cell.decode(errors="replace")  # hashes are no text
    try:
        value = orjson.loads(cell)["value"]
        return plain + base64.b64decode(value).decode()
    except (KeyError, TypeError, orjson.JSONDecodeError):
        return plain


def wordless(text: str) -> bool:
    return not any(
        word in text for word in ("Khói", "gạch", "huyện Quế Võ", "bụi than", "text:", "huyen que vo")
    )


async def test_after_its_case_all_words_go_and_codes_stay(
    service: Running, installation: Installation, routing: httpx2.AsyncClient
) -> None:
    made = report(WORDS)
    await settle(installation, made)
    before = await kept(installation, made)
    assert "bụi than" in before
    assert "region" in before
    assert not wordless(before)
    same = erased(made.report_id)
    assert (await settle(installation, same, same)) == {"consumed": 2, "fresh": 1, "duplicate": 1, "dead": 0}
    assert wordless(await kept(installation, made))
    findings, reasons = (
        await rows(
            installation,
            "SELECT findings, reasons FROM cases JOIN case_decisions USING (case_id) WHERE case_id = $1",
            made.report_id,
        )
    )[0]
    assert len(orjson.loads(findings)["candidates"]) > 3
    assert all(c["evidence"] == [] for c in orjson.loads(findings)["candidates"])
    assert all(r["words"] == [] and r["rule"] for r in orjson.loads(reasons))
    page = (await routing.get(f"/cases/{made.report_id}")).text
    assert "Người gửi đã yêu cầu xóa" in page
    assert "từ ngữ đã xóa cùng nội dung" in page
    assert "bụi than" not in page
    told = (await routing.get(f"/v1/cases/{made.report_id}")).json()
    assert (told["erased"], told["facts"]["category"]) == (True, "moi-truong")


async def test_before_its_case_no_word_is_ever_kept(service: Running, installation: Installation) -> None:
    made = report(WORDS)
    await settle(installation, erased(made.report_id))
    await settle(installation, made, withdrawn(made.report_id))
    assert await rows(installation, "SELECT state FROM cases WHERE case_id = $1", made.report_id) == [
        ("withdrawn",)
    ]
    assert wordless(await kept(installation, made))


async def test_in_the_batch_of_its_case_nothing_is_left(
    mapped: Installation, database: Database, installation: Installation
) -> None:
    made, other = report(WORDS), report(WORDS)
    verdicts = await apply(database, made, erased(made.report_id), other, erased(made.report_id))
    assert verdicts == [Verdict.FRESH, Verdict.FRESH, Verdict.FRESH, Verdict.DUPLICATE]
    assert wordless(await kept(installation, made))
    assert "bụi than" in await kept(installation, other)


async def test_a_redrive_brings_nothing_back(
    mapped: Installation, database: Database, installation: Installation
) -> None:
    made = report(WORDS)
    await apply(database, made, erased(made.report_id))
    assert await apply(database, made) == [Verdict.DUPLICATE]
    late = report(WORDS)
    await apply(database, erased(late.report_id))
    assert await apply(database, late) == [Verdict.FRESH]
    for one in (made, late):
        assert wordless(await kept(installation, one))


async def test_a_dead_letter_of_the_report_loses_its_text_and_still_names_it(
    service: Running, installation: Installation
) -> None:
    made = report(WORDS + "\x00", place_hint="lò gạch")
    assert (await settle(installation, made))["dead"] == 1
    assert "bụi than" in await kept(installation, made)
    await settle(installation, erased(made.report_id))
    left = await kept(installation, made)
    assert wordless(left)
    assert str(made.report_id) in left


async def test_a_dead_letter_that_comes_after_the_erasure_holds_no_text(
    service: Running, installation: Installation
) -> None:
    made = report(WORDS, place_hint="lò gạch")
    later = envelope(made)._replace(type="langnghe.ReportReceived.v9")
    await settle(installation, erased(made.report_id))
    assert (await settle(installation, (made, later)))["dead"] == 1
    left = await kept(installation, made)
    assert wordless(left)
    assert str(made.report_id) in left
    assert "open" in left


@pytest.mark.parametrize("first", ["erasure", "report"])
async def test_at_the_very_moment_of_a_redrive_nothing_slips_past(
    mapped: Installation, database: Database, installation: Installation, first: str
) -> None:
    """One of the two has begun and not committed when the other comes: it has to wait."""
    made = report(WORDS)
    events = {"erasure": erased(made.report_id), "report": made}
    second = "report" if first == "erasure" else "erasure"
    async with database.transaction() as tx:
        await erasures.fence(tx, erasing=first == "erasure")
        other = asyncio.create_task(apply(database, events[second]))

        async def waits() -> bool:
            sql = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            return bool(await value(installation, sql))

        await eventually(waits, what="the second to wait for the first")
        assert not other.done()
    await other
    await apply(database, events[first])
    assert wordless(await kept(installation, made))
