"""One server process that we start, watch, and stop: Kafka's JVM or PostgreSQL's postmaster.

A process is recognised by its program and the end of its command line, which holds the path of its own
configuration. So a launcher that was killed leaves no stale pid file: the next one looks and finds.
"""

import contextlib
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

POLL_S = 0.02
TAIL_BYTES = 4000


class ServerError(RuntimeError):
    """A server did not start, died, or did not stop in time; the message ends with the tail of its log."""


def wait_until(condition: Callable[[], bool], deadline_s: float) -> bool:
    """Poll `condition` until it is true or `deadline_s` seconds have passed; tell which."""
    end = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() >= end:
            return False
        time.sleep(POLL_S)
    return True


def dying_with_parent(argv: Sequence[str], death_signal: signal.Signals) -> list[str]:
    """`argv` such that the kernel sends `death_signal` when the thread that started it ends.

    By util-linux' setpriv, which becomes the program itself: no code runs between fork and exec, which
    would be unsafe in a process with threads.
    """
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise ServerError("setpriv (package util-linux) is needed to tie a server to its launcher")
    return [setpriv, "--pdeathsig", death_signal.name.removeprefix("SIG"), "--", *argv]


class ServerProcess:
    """The one process of `program` whose command line ends with `arguments`; its output goes to `log`."""

    def __init__(self, name: str, program: str, arguments: Sequence[str], log: Path) -> None:
        self.name = name
        self.log = log
        self._program = program
        self._arguments = list(arguments)
        self._child: subprocess.Popen[bytes] | None = None
        self._process: psutil.Process | None = None

    def spawn(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        death_signal: signal.Signals | None = None,
    ) -> None:
        """Start `argv` in a session of its own; with `death_signal` it ends when this thread ends."""
        command = list(argv) if death_signal is None else dying_with_parent(argv, death_signal)
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                command,
                cwd=cwd,
                env=None if env is None else dict(env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=user,
                group=user,
                extra_groups=None if user is None else [],
            )
        self._process = psutil.Process(self._child.pid)

    @property
    def pid(self) -> int | None:
        """The process id while it runs, else None."""
        return self._process.pid if self.running() and self._process is not None else None

    def running(self) -> bool:
        """Whether it lives, whoever started it; also reaps it if it was our child."""
        if self._child is not None and self._child.poll() is not None:
            self._child = None
        if self._process is None or not alive(self._process):
            self._process = self._find()
        return self._process is not None

    def wait_ready(self, answers: Callable[[], bool], deadline_s: float) -> None:
        """Wait until `answers` is true; ServerError with the log's tail when it dies or takes too long."""
        ready = False

        def settled() -> bool:
            nonlocal ready
            ready = self.running() and answers()
            return ready or not self.running()

        if wait_until(settled, deadline_s) and ready:
            return
        why = f"does not answer after {deadline_s:g} s" if self.running() else "died while starting"
        raise ServerError(f"{self.name} {why}\n{self.log_tail()}")

    def _find(self) -> psutil.Process | None:
        for process in psutil.process_iter(["cmdline"]):
            line = process.info["cmdline"] or [""]
            ours = line[-len(self._arguments) :] == self._arguments and Path(line[0]).name == self._program
            if ours and alive(process):
                return process
        return None

    def tree(self) -> list[psutil.Process]:
        """The process and all its descendants, itself first; empty when it does not run."""
        if not self.running() or self._process is None:
            return []
        with contextlib.suppress(psutil.NoSuchProcess):
            return [self._process, *self._process.children(recursive=True)]
        return []

    def signal_tree(self, number: signal.Signals) -> list[psutil.Process]:
        """Send a signal to the process and then to its descendants; return those that got it."""
        signalled = []
        for process in self.tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(number)
                signalled.append(process)
        return signalled

    def freeze(self) -> None:
        """SIGSTOP, until everything of it stands still: a child may be born between a look and its parent's
        stop, and a stop that finds a process waiting for the disk comes later. Raises ServerError."""

        def still() -> bool:
            self.signal_tree(signal.SIGSTOP)
            return all(map(_still, self.tree()))

        if not wait_until(still, 10.0):
            raise ServerError(f"{self.name} does not stand still\n{self.log_tail()}")

    def thaw(self) -> None:
        """SIGCONT after `freeze`."""
        self.signal_tree(signal.SIGCONT)

    def stop(self, steps: Sequence[tuple[signal.Signals, float]]) -> None:
        """Send each (signal, seconds to wait) in turn until nothing of it is left; raise if all failed."""
        family = self.tree()
        for number, seconds in steps:
            if not self.running():
                break
            if number is signal.SIGKILL:
                family = self.signal_tree(number)
            elif self._process is not None:
                with contextlib.suppress(psutil.NoSuchProcess):
                    self._process.send_signal(number)
                # A frozen process would never see the request.
                self.signal_tree(signal.SIGCONT)
            wait_until(lambda: not self.running(), seconds)
        if not wait_until(lambda: not self.running() and not any(map(alive, family)), 10.0):
            raise ServerError(f"{self.name} does not stop\n{self.log_tail()}")

    def log_tail(self) -> str:
        """The last lines of the log, for an error's message."""
        return log_tail(self.log)


def log_tail(path: Path) -> str:
    """The end of a log file, for an error's message."""
    if not path.exists():
        return "(no log)"
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - TAIL_BYTES))
        return log.read().decode("utf-8", "replace")


def alive(process: psutil.Process) -> bool:
    """Whether the process still runs; a zombie, which only waits to be reaped, does not."""
    try:
        return bool(process.is_running()) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _still(process: psutil.Process) -> bool:
    """Whether the process is stopped, or is no more."""
    try:
        return process.status() in (psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
