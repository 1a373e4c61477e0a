"""How the system of a data folder stands now."""

import json
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from deploy.cli.lag import lags
from deploy.cli.place import reader, run
from deploy.cli.system.keeper import Kept, keeper_of, read_state
from deploy.local.installation import Installation
from deploy.local.stack import Stack


@dataclass(frozen=True, slots=True)
class ServerStanding:
    """Kafka or PostgreSQL: its address on loopback and its process id, None when it does not run."""

    address: str
    pid: int | None


@dataclass(frozen=True, slots=True)
class ServiceStanding:
    """A service: where it answers, whether it is ready and, if not, why; what its keeper saw."""

    url: str
    ready: bool
    problems: dict[str, str]
    kept: Kept


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything; `behind` is None where the servers could not be asked."""

    folder: Path
    servers: dict[str, ServerStanding] = field(default_factory=dict)
    keeper_pid: int | None = None
    services: dict[str, ServiceStanding] = field(default_factory=dict)
    behind: dict[str, int] | None = None

    @property
    def well(self) -> bool:
        """Both servers run and every service is ready."""
        servers = bool(self.servers) and all(s.pid is not None for s in self.servers.values())
        return servers and bool(self.services) and all(s.ready for s in self.services.values())


def standing(folder: Path) -> Standing:
    """Look at processes, ports and positions; changes nothing, and is bounded in time."""
    stack = Stack(folder)
    info = stack.status()
    if info is None:
        return Standing(folder)
    dsn = urlsplit(info.admin_dsn)
    servers = {
        "kafka": ServerStanding(info.bootstrap, info.kafka_pid),
        "postgres": ServerStanding(f"{dsn.hostname}:{dsn.port}", info.postgres_pid),
    }
    # An installation that was never prepared has no secrets, and asking would make them.
    if not (folder / "ports.json").exists():
        return Standing(folder, servers)
    where = Installation(folder, info.admin_dsn, info.bootstrap)
    state = read_state(folder)
    services = {name: _service(url, state.get(name, Kept())) for name, url in where.urls().items()}
    behind = run(_behind(where)) if info.running else None
    return Standing(folder, servers, keeper_of(folder).pid, services, behind)


async def _behind(where: Installation) -> dict[str, int]:
    """Offsets not settled yet, by group."""
    found: dict[str, int] = {}
    async with reader(where) as connection:
        for lag in await lags(connection, where.bootstrap):
            found[lag.group] = found.get(lag.group, 0) + lag.behind
    return found


def _service(url: str, kept: Kept) -> ServiceStanding:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=3)
    try:
        connection.request("GET", "/readyz")
        told = json.loads(connection.getresponse().read())
        return ServiceStanding(url, bool(told["ready"]), dict(told["problems"]), kept)
    except (OSError, HTTPException, ValueError, KeyError) as error:
        return ServiceStanding(url, ready=False, problems={"process": _reason(error)}, kept=kept)
    finally:
        connection.close()


def _reason(error: Exception) -> str:
    return "does not answer" if isinstance(error, OSError) else f"answers nonsense ({type(error).__name__})"
