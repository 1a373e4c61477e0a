"""A real Prometheus (Debian's package) that scrapes the services of a test."""

import math
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import httpx2
import pytest

from deploy.local.ports import free_ports
from deploy.local.process import dying_with_parent
from deploy.prometheus.configuration import write_configuration
from tests.support import eventually

INTERVAL = "500ms"


def program(name: str) -> str:
    """The path of `prometheus` or `promtool`; skips the test where it is not installed."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed (apt-get install prometheus)")
    return path


class Prometheus:
    """Our own configuration, but asked twice a second; on a free port of loopback, data under `folder`."""

    def __init__(self, folder: Path, urls: Mapping[str, str]) -> None:
        self._config = write_configuration(folder, urls)
        text = self._config.read_text()
        quick = text.replace("scrape_interval: 5s", f"scrape_interval: {INTERVAL}")
        quick = quick.replace("scrape_timeout: 4s", f"scrape_timeout: {INTERVAL}")
        assert quick.count(INTERVAL) == 2
        self._config.write_text(quick)
        (port,) = free_ports(1)
        self._address = f"127.0.0.1:{port}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._client = httpx2.AsyncClient(base_url=f"http://{self._address}/api/v1", timeout=10)

    async def __aenter__(self) -> Self:
        argv = [
            program("prometheus"),
            f"--config.file={self._config}",
            f"--storage.tsdb.path={self._folder / 'data'}",
            f"--web.listen-address={self._address}",
        ]
        with (self._folder / "prometheus.log").open("wb") as log:
            argv = dying_with_parent(argv, signal.SIGKILL)
            self._process = subprocess.Popen(argv, stdout=log, stderr=log)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    async def get(self, path: str, **parameters: Any) -> Any:
        """`data` of an answer of the API; AssertionError with Prometheus' own words when it refuses.

        Raises httpx2.HTTPStatusError while it starts.
        """
        got = await self._client.get(path, params=parameters)
        if got.status_code == httpx2.codes.SERVICE_UNAVAILABLE:
            got.raise_for_status()
        answer = got.json()
        assert answer["status"] == "success", answer
        return answer["data"]

    async def scraped(self, targets: int, *, times: int, since: float) -> None:
        """Wait until each of so many targets was scraped so often, without an error, after `since`."""

        async def look() -> bool:
            try:
                counts = await self.get(
                    "query", query=f"count_over_time((up == 1)[{_ago(since)}:{INTERVAL}])"
                )
            except (httpx2.TransportError, httpx2.HTTPStatusError):
                return False
            # One evaluation of the subquery may see the scrape before.
            return sum(float(one["value"][1]) > times for one in counts["result"]) == targets

        await eventually(look, deadline_s=60, every_s=0.3, what=f"{targets} targets scraped")

    async def figures(self, query: str, since: float) -> list[float]:
        """Every figure (not NaN) that a query gave between `since` and now."""
        data = await self.get("query_range", query=query, start=since, end=time.time(), step="500ms")
        values = (float(value) for series in data["result"] for _, value in series["values"])
        return [value for value in values if not math.isnan(value)]


def _ago(since: float) -> str:
    return f"{max(1000, int((time.time() - since) * 1000))}ms"
