"""What tests of running services share: wait for a condition, start and kill processes, topics made anew."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

import httpx2
from kafka import KafkaAdminClient

from deploy.local.installation import Installation
from deploy.local.process import dying_with_parent

T = TypeVar("T")


async def eventually(
    look: Callable[[], Awaitable[T]], *, deadline_s: float = 30, every_s: float = 0.05, what: str = ""
) -> T:
    """Look again and again until what is seen is truthy; AssertionError with the last sight otherwise."""
    give_up_at = time.monotonic() + deadline_s
    while True:
        seen = await look()
        if seen:
            return seen
        assert time.monotonic() < give_up_at, f"waited {deadline_s} s for {what or look}: last saw {seen!r}"
        await asyncio.sleep(every_s)


def delete_topics(admin: KafkaAdminClient, names: Sequence[str], *, deadline_s: float = 20) -> None:
    """Delete those that exist, and wait until the cluster has forgotten them."""
    there = sorted(set(names) & set(admin.list_topics()))
    if there:
        admin.delete_topics(there)
    give_up_at = time.monotonic() + deadline_s
    while set(names) & set(admin.list_topics()):
        assert time.monotonic() < give_up_at, "topics were not deleted in time"
        time.sleep(0.1)


class Running:
    """Service processes of one installation, by name; logs go to `<folder>/<name>.log`."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(
        self, service: str, *, failpoint: str = "", env: dict[str, str] | None = None, name: str = ""
    ) -> subprocess.Popen[bytes]:
        """Start a service; `failpoint` tells it where to kill itself; `name` for a second member."""
        launch = next(x for x in self._installation.launches() if x.name == service)
        with self.log(name or service).open("ab") as log:
            process = subprocess.Popen(
                dying_with_parent(launch.argv, signal.SIGKILL),
                env={**launch.env, "LANGNGHE_FAILPOINT": failpoint, **(env or {})},
                stdout=log,
                stderr=log,
                cwd=Path(__file__).resolve().parents[1],
            )
        self.processes[name or service] = process
        return process

    def start_all(self, services: Sequence[str] = ("intake", "routing", "aggregation", "notify")) -> None:
        for service in services:
            self.start(service)

    def log(self, name: str) -> Path:
        return self._installation.folder / f"{name}.log"

    def url(self, service: str) -> str:
        return next(x.url for x in self._installation.launches() if x.name == service)

    async def ready(self, *services: str, deadline_s: float = 60) -> None:
        """Wait until `/readyz` of each says yes."""
        async with httpx2.AsyncClient(timeout=5) as client:
            for service in services:

                async def look(service: str = service) -> bool:
                    process = self.processes.get(service)
                    if process is not None and process.poll() is not None:
                        raise AssertionError(
                            f"{service} ended with {process.returncode}: {self.tail(service)}"
                        )
                    try:
                        return (await client.get(f"{self.url(service)}/readyz")).status_code == 200
                    except httpx2.TransportError:
                        return False

                await eventually(look, deadline_s=deadline_s, what=f"{service} ready; {self.tail(service)}")

    def tail(self, name: str, size: int = 2_000) -> str:
        path = self.log(name)
        return path.read_text(errors="replace")[-size:] if path.exists() else ""

    def kill(self, name: str) -> None:
        """SIGKILL, as a power cut would."""
        self._signal(name, signal.SIGKILL)
        self.processes[name].wait(10)

    def freeze(self, name: str) -> None:
        self._signal(name, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        self._signal(name, signal.SIGCONT)

    def stop(self, name: str, *, within_s: float = 30) -> int:
        """SIGTERM; returns the exit code. Fails when it takes longer."""
        self._signal(name, signal.SIGTERM)
        return self.processes[name].wait(within_s)

    async def died(self, name: str, *, deadline_s: float = 60) -> None:
        """Wait until the process has killed itself at its fail point."""

        async def look() -> bool:
            return self.processes[name].poll() is not None

        await eventually(look, deadline_s=deadline_s, what=f"{name} to die at its fail point")
        assert self.processes[name].returncode == -signal.SIGKILL, self.tail(name)

    def stop_all(self) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)

    def _signal(self, name: str, number: signal.Signals) -> None:
        os.kill(self.processes[name].pid, number)
