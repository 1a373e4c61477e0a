"""Where to look: the pages that the demo leaves open."""

from collections.abc import Mapping

import asyncpg
import httpx2

from deploy.cli.demo.doors import Ledger
from deploy.cli.demo.prepare import home_province, today
from shared.units import UnitMap

_A_CASE = """
SELECT case_id FROM routing.cases WHERE state = 'opened' AND NOT restricted
ORDER BY submitted_at DESC, case_id LIMIT 1
"""


async def addresses(
    reader: "asyncpg.Connection[asyncpg.Record]", bases: Mapping[str, str], units: UnitMap, ledger: Ledger
) -> dict[str, str]:
    """Each page under a name, in the order in which one would look."""
    province = home_province(units).id
    year, week, _ = today().isocalendar()
    case = await reader.fetchval(_A_CASE)
    code = next(reversed(ledger.tracking_codes.values()))
    intake, aggregation = bases["intake"], bases["aggregation"]
    return {
        "form": f"{intake}/",
        "receipt": f"{intake}/tra-cuu/{code}",
        "sheet": f"{intake}/bang",
        "cases": f"{bases['routing']}/cases",
        "case": f"{bases['routing']}/cases/{case}",
        "dashboard": f"{aggregation}/dashboard",
        "situation_report": f"{aggregation}/situation-reports/{province}?period={year}-W{week:02d}",
        "deliveries": f"{bases['notify']}/deliveries",
        "mailbox": f"{bases['mailbox']}/",
        "webhooks": f"{bases['webhooks']}/",
        "api": f"{intake}/openapi.json",
        "metrics": f"{intake}/metrics",
    }


async def silent(urls: Mapping[str, str]) -> list[str]:
    """The pages that do not answer as they must, a sentence each."""
    async with httpx2.AsyncClient(timeout=30, follow_redirects=True) as client:
        answers = {name: (await client.get(url)).status_code for name, url in urls.items()}
    return [f"the page {name} answered {status}" for name, status in answers.items() if status != 200]
