"""The process in the background that keeps the four services running: `python -m deploy.cli.system.keeper`.

It holds the Supervisor, whose children die with it, and writes what happens to each service to
`services.json`, where other commands read it.
"""

import json
import signal
import sys
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from deploy.local.files import write_private
from deploy.local.installation import Installation
from deploy.local.process import ServerProcess
from deploy.local.stack import read_info
from deploy.local.supervisor import Supervisor

STATE = "services.json"
LOGS = "logs"


@dataclass(slots=True)
class Kept:
    """One service as the keeper sees it: what happened last, when, and how often it died."""

    last: str = "not started"
    at: str = ""
    deaths: int = 0


def read_state(folder: Path) -> dict[str, Kept]:
    """What the keeper of this folder wrote last, by service; empty if there never was one."""
    path = folder / STATE
    return {n: Kept(**kept) for n, kept in json.loads(path.read_text()).items()} if path.exists() else {}


def keeper_of(folder: Path) -> ServerProcess:
    """The folder's keeper process, found wherever it was started from."""
    arguments = ("-m", "deploy.cli.system.keeper", str(folder))
    return ServerProcess("the services' keeper", _python().name, arguments, folder / LOGS / "keeper.log")


def spawn(folder: Path) -> None:
    """Start the folder's keeper, without waiting; it outlives the caller."""
    (folder / LOGS).mkdir(exist_ok=True)
    (folder / STATE).unlink(missing_ok=True)
    keeper_of(folder).spawn([str(_python()), "-m", "deploy.cli.system.keeper", str(folder)], cwd=folder)


def _python() -> Path:
    """Our interpreter by one and the same name, whatever it was called by, since `keeper_of` looks for it."""
    return Path(sys.executable).with_name("python3")


def _keep(folder: Path) -> None:
    info = read_info(folder)
    if info is None:
        raise SystemExit(f"no servers are known in {folder}")
    state: dict[str, Kept] = {}

    def note(name: str, what: str) -> None:
        kept = state.setdefault(name, Kept())
        kept.last, kept.at = what, datetime.now(UTC).isoformat(timespec="seconds")
        kept.deaths += what.startswith("died")
        sys.stdout.write(f"{kept.at} {name} {what}\n")
        sys.stdout.flush()
        write_private(folder / STATE, json.dumps({n: asdict(k) for n, k in state.items()}, indent=2))

    enough = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: enough.set())
    launches = Installation(folder, info.admin_dsn, info.bootstrap).launches()
    with Supervisor(launches, folder / LOGS, on_event=note) as supervisor:
        supervisor.start()
        enough.wait()


if __name__ == "__main__":
    _keep(Path(sys.argv[1]))
