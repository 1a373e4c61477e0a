"""What tests of incidents on the real PostgreSQL share."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

from deploy.local.installation import Installation
from services.routing.domain.life.commands import Answer
from services.routing.use_cases.act_on_cases import Done, act_on_case
from services.routing.use_cases.link_reports import LinkReports
from shared.database import Database
from tests.integration.routing.support import NOW, TODAY, apply, fresh, report, rows, value
from tests.unit.routing.ground import basis

FIRE = "Cháy lớn ở xưởng nhựa phường {place}, khói đen mù mịt, lửa lan sang nhà dân"
BRIBE = "Cán bộ địa chính phường Vũ Ninh nhận hối lộ 20 triệu của tôi mới làm sổ đỏ"
HOME = basis().home(TODAY)
CASE = "SELECT state, incident, version FROM cases WHERE case_id = $1"


def linker(database: Database) -> LinkReports:
    return LinkReports(database, SimpleNamespace(current=basis()))  # type: ignore[arg-type]


async def answer(installation: Installation, database: Database, case_id: UUID) -> None:
    """Whoever must settle the case answers it."""
    by = await value(installation, "SELECT resolving_owner FROM cases WHERE case_id = $1", case_id)
    done = await act_on_case(database, basis(), case_id, fresh(), Answer(at=NOW, by=by, outcome="settled"))
    assert isinstance(done, Done)


async def waits(database: Database) -> bool:
    """Whether another connection of routing's role waits for a lock."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = current_user"
    async with database.connection() as connection:
        return bool(await connection.fetchval(asked))


async def states(installation: Installation, *case_ids: UUID) -> list[str]:
    found = dict(await rows(installation, "SELECT case_id, state FROM cases"))
    return [found[case_id] for case_id in case_ids]


async def fires(database: Database, place: str, count: int) -> list[UUID]:
    """So many equal reports of a fire, minutes apart."""
    told = [
        report(FIRE.format(place=place), submitted_at=NOW + timedelta(minutes=n), received_at=NOW)
        for n in range(count)
    ]
    await apply(database, *told)
    return [one.report_id for one in told]
