"""Runs the services as processes: one log each, started again when they die, gone when asked.

Every child is started by the supervisor's own thread and dies with it (a parent-death signal), so nothing
is left behind even when the supervising process is killed with SIGKILL.
"""

import contextlib
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from deploy.local.child import FIRST_BACKOFF_S, Child, Program
from deploy.local.process import POLL_S, ServerError, log_tail, wait_until

TICK_S = 0.05
STOP_S = 15.0
DEATHS_THAT_MEAN_NEVER = 3

EventSink = Callable[[str, str], None]
"""Called in the supervisor's thread with (name, what): `started`, `stopped`, `died with status N`."""


class Supervisor:
    """Keeps `programs` running, with logs in `log_dir`/<name>.log; as a context manager it stops them."""

    def __init__(
        self,
        programs: Iterable[Program],
        log_dir: Path,
        *,
        on_event: EventSink | None = None,
        stop_s: float = STOP_S,
    ) -> None:
        log_dir.mkdir(parents=True, exist_ok=True)
        self._children = {p.name: Child(p, log_dir / f"{p.name}.log") for p in programs}
        self._on_event = on_event
        self._stop_s = stop_s
        self._orders: queue.SimpleQueue[tuple[Callable[[], None], Future[None]]] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self, *names: str) -> None:
        """Start these programs (all, without names); those that run are left alone."""
        self._order(lambda: self._want(self._chosen(names)))

    def stop(self, *names: str) -> None:
        """SIGTERM, after `stop_s` seconds SIGKILL; returns when nothing of them is left."""
        self._order(lambda: self._stop(self._chosen(names)))

    def close(self) -> None:
        """Stop everything and end the supervisor; it cannot be used again."""
        if not self._closed:
            self.stop()
            self._closed = True
            self._thread.join()

    def wait_ready(self, deadline_s: float = 60.0, *names: str) -> None:
        """Wait for each `ready_url` in order; ServerError with the log's tail when one never gets ready."""
        end = time.monotonic() + deadline_s
        for child in self._chosen(names):
            _wait_ready(child, end - time.monotonic())

    def pids(self) -> dict[str, int]:
        """Process ids of the programs that run now, by name."""
        running = {name: child.process for name, child in self._children.items()}
        return {name: p.pid for name, p in running.items() if p is not None and p.returncode is None}

    def deaths(self) -> dict[str, int]:
        """How often each program died without being asked to, by name."""
        return {name: child.deaths for name, child in self._children.items()}

    def log(self, name: str) -> Path:
        """The file with everything that the program wrote to its standard output and error."""
        return self._children[name].log

    def _chosen(self, names: Sequence[str]) -> list[Child]:
        return [self._children[name] for name in names or self._children]

    def _order(self, action: Callable[[], None]) -> None:
        """Have the supervisor's thread do it: a child dies with the *thread* that started it."""
        if self._closed:
            raise ServerError("the supervisor is closed")
        done: Future[None] = Future()
        self._orders.put((action, done))
        done.result()

    def _run(self) -> None:
        while not self._closed:
            with contextlib.suppress(queue.Empty):
                action, done = self._orders.get(timeout=TICK_S)
                try:
                    done.set_result(action())
                except BaseException as error:  # the one who gave the order is told, not this thread
                    done.set_exception(error)
            self._tend()

    def _tend(self) -> None:
        now = time.monotonic()
        for child in self._children.values():
            status = child.bury(now)
            if status is not None:
                self._tell(child, f"died with status {status}")
            if child.wanted and child.process is None and now >= child.retry_at:
                child.spawn()
                self._tell(child, "started")

    def _want(self, children: Iterable[Child]) -> None:
        for child in children:
            if not child.wanted:
                child.wanted, child.retry_at, child.backoff_s = True, 0.0, FIRST_BACKOFF_S
        self._tend()

    def _stop(self, children: Sequence[Child]) -> None:
        for child in children:
            child.wanted = False
            child.signal_group(signal.SIGTERM)
            child.signal_group(signal.SIGCONT)
        end = time.monotonic() + self._stop_s
        for child in children:
            if child.process is None:
                continue
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(POLL_S, end - time.monotonic()))
            child.signal_group(signal.SIGKILL)
            child.process.wait()
            child.process = None
            self._tell(child, "stopped")

    def _tell(self, child: Child, what: str) -> None:
        if self._on_event is not None:
            self._on_event(child.program.name, what)


def _wait_ready(child: Child, seconds: float) -> None:
    limit = child.deaths + DEATHS_THAT_MEAN_NEVER
    url = child.program.ready_url

    def hopeless() -> bool:
        return child.deaths >= limit

    ready_or_hopeless = wait_until(lambda: hopeless() or url is None or answers_ok(url), seconds)
    if hopeless() or not ready_or_hopeless:
        raise ServerError(f"{child.program.name} does not get ready\n{log_tail(child.log)}")


def answers_ok(url: str, timeout_s: float = 2.0) -> bool:
    """Whether GET `url` (plain http) answers 200."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=timeout_s)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
