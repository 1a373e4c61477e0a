"""One supervised program: its present process, and when to start it again."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from deploy.local.process import dying_with_parent

FIRST_BACKOFF_S = 0.25
MAX_BACKOFF_S = 10.0
CALM_S = 30.0


class Program(Protocol):
    """What to run. `env` is the whole environment; `ready_url` answers 200 when the program is ready."""

    @property
    def name(self) -> str: ...
    @property
    def argv(self) -> Sequence[str]: ...
    @property
    def env(self) -> Mapping[str, str]: ...
    @property
    def ready_url(self) -> str | None: ...


@dataclass
class Child:
    """One program's present process and its history; touched by the supervisor's thread alone."""

    program: Program
    log: Path
    process: subprocess.Popen[bytes] | None = None
    wanted: bool = False
    started_at: float = 0.0
    backoff_s: float = FIRST_BACKOFF_S
    retry_at: float = 0.0
    deaths: int = 0

    def spawn(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                dying_with_parent(self.program.argv, signal.SIGKILL),
                env=dict(self.program.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started_at = time.monotonic()

    def signal_group(self, number: signal.Signals) -> None:
        """Signal the process and whatever it started; also works when the process itself is dead."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def bury(self, now: float) -> int | None:
        """Note that the process died; its exit status, or None if it lives. Sets when to try again."""
        if self.process is None or self.process.poll() is None:
            return None
        self.signal_group(signal.SIGKILL)
        status = self.process.returncode
        self.process = None
        self.deaths += 1
        calm = now - self.started_at >= CALM_S
        self.backoff_s = FIRST_BACKOFF_S if calm else min(MAX_BACKOFF_S, self.backoff_s * 2)
        self.retry_at = now + self.backoff_s
        return status
