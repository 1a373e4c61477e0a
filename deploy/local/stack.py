"""Kafka and PostgreSQL together under one folder; `stack.json` there tells other commands where they are."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.local.files import exclusive, write_private
from deploy.local.jars import Progress
from deploy.local.kafka import Kafka
from deploy.local.postgres import Postgres
from deploy.local.warm import ensure_trained


@dataclass(frozen=True)
class StackInfo:
    """What another command needs to use a running stack; the content of stack.json (mode 0600)."""

    bootstrap: str
    admin_dsn: str
    kafka_pid: int | None
    postgres_pid: int | None

    @property
    def running(self) -> bool:
        """Whether both servers run."""
        return self.kafka_pid is not None and self.postgres_pid is not None


def default_data_dir() -> Path:
    """LANGNGHE_DATA, or .data in the current directory."""
    return Path(os.environ.get("LANGNGHE_DATA") or ".data").expanduser().resolve()


class Stack:
    """The embedded infrastructure under `data_dir`. Servers outlive the caller unless `die_with_parent`."""

    def __init__(
        self,
        data_dir: Path | None = None,
        *,
        die_with_parent: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self.data_dir = (data_dir or default_data_dir()).resolve()
        self.kafka = Kafka(self.data_dir / "kafka", die_with_parent=die_with_parent, progress=progress)
        self.postgres = Postgres(self.data_dir / "postgres", die_with_parent=die_with_parent)
        self._progress = progress
        self._file = self.data_dir / "stack.json"

    def up(self) -> StackInfo:
        """Start what does not run yet, both at the same time, and wait until both serve."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with self._exclusive():
            servers = [server for server in (self.kafka, self.postgres) if not server.running()]
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(self._prepare, servers))
            # In this thread: a server that dies with its parent dies with the thread that started it.
            for server in servers:
                server.spawn()
            self.postgres.wait_ready()
            self.kafka.wait_ready()
            info = self._info()
            write_private(self._file, json.dumps(asdict(info), indent=2))
            return info

    def down(self) -> None:
        """Stop both; nothing of them is left when this returns. Harmless when nothing runs."""
        if not self.data_dir.exists():
            return
        with self._exclusive(), ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda server: server.stop(), (self.kafka, self.postgres)))
            self._file.unlink(missing_ok=True)

    def status(self) -> StackInfo | None:
        """How things are now, looked up among the processes; None if nothing was ever started here."""
        return self._info() if self._known() else None

    def _prepare(self, server: Kafka | Postgres) -> None:
        if server is self.kafka:
            ensure_trained(self._progress)
        server.prepare()

    def _known(self) -> bool:
        return (self.data_dir / "kafka" / "ports.json").exists() and (
            self.data_dir / "postgres" / "port.json"
        ).exists()

    def _info(self) -> StackInfo:
        return StackInfo(self.kafka.bootstrap, self.postgres.dsn(), self.kafka.pid, self.postgres.pid)

    def _exclusive(self) -> AbstractContextManager[None]:
        """One up or down at a time."""
        return exclusive(self.data_dir / "stack.lock")


def read_info(data_dir: Path | None = None) -> StackInfo | None:
    """stack.json of a running stack, or None; what it says may be out of date after a crash."""
    path = (data_dir or default_data_dir()) / "stack.json"
    return StackInfo(**json.loads(path.read_text())) if path.exists() else None
