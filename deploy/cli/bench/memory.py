"""Resident memory of processes over time, and its slope."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import psutil

_MIB = 1024 * 1024
_WARM = 0.2
"""Of a long run, the part in which caches and pools still fill: left out of the slope."""


@dataclass
class Watch:
    """Samples the resident set of each process; as a context manager, while it is open."""

    pids: Callable[[], Mapping[str, int]]
    every_s: float = 0.25
    samples: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    """By name: (seconds since the start, MiB)."""

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._sample()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._sample()

    def _run(self) -> None:
        while not self._stop.wait(self.every_s):
            self._sample()

    def _sample(self) -> None:
        at = time.monotonic() - self._began
        for name, pid in self.pids().items():
            try:
                size = psutil.Process(pid).memory_info().rss / _MIB
            except psutil.NoSuchProcess:
                continue
            self.samples.setdefault(name, []).append((at, size))

    def as_json(self) -> dict[str, dict[str, float]]:
        """{process: {start, end, max}} in MiB; PostgreSQL's is its postmaster's alone."""
        return {
            name: {
                "start": round(seen[0][1], 1),
                "end": round(seen[-1][1], 1),
                "max": round(max(size for _, size in seen), 1),
            }
            for name, seen in self.samples.items()
        }

    def by_minute(self) -> dict[str, list[float]]:
        """The greatest MiB in each minute: tells a slope that goes on from caches that fill."""
        return {name: _by_minute(seen) for name, seen in self.samples.items()}

    def slopes(self) -> dict[str, float]:
        """MiB a minute, by least squares, without the first fifth of the time."""
        return {name: round(slope(seen) * 60, 3) for name, seen in self.samples.items()}


def _by_minute(seen: list[tuple[float, float]]) -> list[float]:
    most: dict[int, float] = {}
    for at, size in seen:
        most[int(at // 60)] = max(most.get(int(at // 60), 0.0), size)
    return [round(size, 1) for _, size in sorted(most.items())]


def slope(seen: list[tuple[float, float]]) -> float:
    """Least squares of (seconds, MiB) without the warm-up; 0 where there is too little to tell."""
    end = seen[-1][0] if seen else 0.0
    late = [(at, size) for at, size in seen if at >= end * _WARM]
    if len(late) < 2:
        return 0.0
    mean_at = sum(at for at, _ in late) / len(late)
    mean_size = sum(size for _, size in late) / len(late)
    spread = sum((at - mean_at) ** 2 for at, _ in late)
    return sum((at - mean_at) * (size - mean_size) for at, size in late) / spread if spread else 0.0


def summary(watch: Watch) -> dict[str, Any]:
    """For the JSON of a long run."""
    return {
        "rss_mb": watch.as_json(),
        "slope_mb_per_minute": watch.slopes(),
        "mb_by_minute": watch.by_minute(),
    }
