"""Cases for tests of their life: each in a commune of its own, and what is done with it over HTTP."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx2

from shared.contracts.events import FeedbackGiven
from shared.database import Database
from shared.units import full_name
from tests.integration.routing.support import TODAY, apply, fresh, report
from tests.unit.routing.ground import basis

COMMUNES = iter(sorted(basis().units.units(TODAY, "commune", basis().home(TODAY)), key=lambda u: u.code))


@dataclass(frozen=True, slots=True)
class Opened:
    """A case about rubbish in a commune of its own: equal reports of one place would go together."""

    id: UUID
    unit: str

    def __str__(self) -> str:
        return str(self.id)

    @property
    def front(self) -> str:
        return f"mttq@{self.unit}"

    @property
    def office(self) -> str:
        return f"tt_dich_vu_cong@{self.unit}"


async def opened(database: Database) -> Opened:
    unit = next(COMMUNES)
    made = report(f"Rác ở {full_name(unit).lower()} ba ngày không ai thu gom, bốc mùi")
    await apply(database, made)
    return Opened(made.report_id, unit.id)


async def act(
    client: httpx2.AsyncClient,
    case: Opened | UUID,
    name: str,
    by: str,
    command: UUID | None = None,
    **told: Any,
) -> httpx2.Response:
    body = {"command_id": str(command or fresh()), "by": by, **told}
    return await client.post(f"/v1/cases/{case}/{name}", json=body)


async def state(client: httpx2.AsyncClient, case: Opened) -> tuple[str, int]:
    found = (await client.get(f"/v1/cases/{case}")).json()
    return found["facts"]["state"], found["version"]


def feedback(report_id: UUID, verdict: str, seen: int, case_id: UUID | None = None) -> FeedbackGiven:
    at = datetime.now(UTC)
    return FeedbackGiven(
        report_id=report_id, case_id=case_id, verdict=verdict, case_version=seen, given_at=at
    )
