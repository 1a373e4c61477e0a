"""Up, in order: servers, roles and schemas and topics, the map, the services. Down, the other way round."""

import signal
from collections.abc import Callable
from pathlib import Path

from deploy.cli.place import database, run
from deploy.cli.problems import Problem
from deploy.cli.system import keeper
from deploy.local.installation import Installation, Launch
from deploy.local.jars import Progress
from deploy.local.process import ServerError, log_tail, wait_until
from deploy.local.stack import Stack
from deploy.local.supervisor import DEATHS_THAT_MEAN_NEVER, answers_ok
from services.routing.use_cases.load_map import load_map

READY_S = 120.0
# The supervisor gives its children 15 s after SIGTERM before it kills them.
STOP_STEPS = ((signal.SIGTERM, 40.0), (signal.SIGKILL, 10.0))

Tell = Callable[[str], None]


def bring_up(folder: Path, tell: Tell, progress: Progress | None = None) -> Installation:
    """Start what does not run yet and wait until everything is ready. Raises Problem with a log's tail."""
    try:
        info = Stack(folder, progress=progress).up()
    except ServerError as error:
        raise Problem(str(error)) from error
    tell(f"Kafka on {info.bootstrap} and PostgreSQL are up")
    where = Installation(folder, info.admin_dsn, info.bootstrap)
    where.prepare()
    tell("roles, schemas and topics are as they should be")
    written, version = run(_ensure_map(where))
    tell(f"the map is at version {version}" + (f" ({written} changes loaded)" if written else ""))
    if not keeper.keeper_of(folder).running():
        keeper.spawn(folder)
    for launch in where.launches():
        _wait_ready(folder, launch)
        tell(f"{launch.name} is ready: {launch.url}")
    return where


def take_down(folder: Path, tell: Tell) -> None:
    """Stop services, then servers; nothing is left when this returns. Harmless when nothing runs."""
    try:
        keeper.keeper_of(folder).stop(STOP_STEPS)
        tell("the services are stopped")
        Stack(folder).down()
        tell("Kafka and PostgreSQL are stopped")
    except ServerError as error:
        raise Problem(str(error)) from error


async def _ensure_map(where: Installation) -> tuple[int, int]:
    """(changes written, the map's version); a map that is there stays as it is."""
    async with database(where, "routing") as opened:
        async with opened.connection() as connection:
            version = await connection.fetchval("SELECT max(map_version) FROM map_changes")
        return (0, version) if version else await load_map(opened)


def _wait_ready(folder: Path, launch: Launch) -> None:
    process = keeper.keeper_of(folder)
    before = _deaths(folder, launch.name)

    def hopeless() -> bool:
        return not process.running() or _deaths(folder, launch.name) >= before + DEATHS_THAT_MEAN_NEVER

    ready = False

    def settled() -> bool:
        nonlocal ready
        ready = answers_ok(launch.ready_url)
        return ready or hopeless()

    if wait_until(settled, READY_S) and ready:
        return
    log = folder / keeper.LOGS / f"{launch.name}.log"
    why = process.log_tail() if not process.running() else log_tail(log)
    raise Problem(f"{launch.name} does not get ready\n{why}")


def _deaths(folder: Path, service: str) -> int:
    return keeper.read_state(folder).get(service, keeper.Kept()).deaths
