"""Every query of the dashboard and every alert, asked of a real Prometheus that scraped the system."""

import re
import subprocess
import time
from pathlib import Path
from uuid import uuid4

import httpx2
import orjson
import pytest

from deploy.grafana.pipeline import FILE
from deploy.local.installation import Installation
from deploy.prometheus import configuration
from shared.messaging.envelope import new_trace
from tests.e2e.world import samples
from tests.integration.observe.ground import SERVICES, Town, a_town
from tests.integration.observe.prometheus import Prometheus, program
from tests.support import Running

RULES = Path(configuration.__file__).parent
METRIC = re.compile(r"\b(?:langnghe|process)_[a-z_]+\b|\bup\b")
MANY = 60


def test_promtool_finds_configuration_and_rules_sound_and_each_alert_calls() -> None:
    promtool = program("promtool")
    for check in (["check", "config", "prometheus.yml"], ["test", "rules", "alerts_test.yml"]):
        done = subprocess.run([promtool, *check], cwd=RULES, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


async def traffic(town: Town) -> None:
    """Something of everything that the dashboard shows: both doors, a greylisted mail, a dead record."""
    town.mailbox.behave(["451", "accept"])
    await town.send(None, new_trace())
    await town.send(town.report(), new_trace())
    await town.world.submit(samples(MANY))
    async with httpx2.AsyncClient(base_url=town.world.running.url("intake"), timeout=30) as client:
        for text in samples(5):
            keyed = {"Idempotency-Key": str(uuid4())}
            assert (await client.post("/v1/reports", json={"text": text}, headers=keyed)).status_code == 202
    await town.delivered()
    await town.world.quiet(deadline_s=120)


@pytest.mark.slow
async def test_each_panel_has_data_and_each_alert_has_its_series(
    installation: Installation, running: Running, tmp_path: Path
) -> None:
    program("prometheus")
    urls = {launch.name: launch.url for launch in installation.launches()}
    folder = tmp_path / "prometheus"
    async with a_town(installation, running, tmp_path) as town, Prometheus(folder, urls) as prometheus:
        began = time.time()
        await prometheus.scraped(len(SERVICES), times=2, since=began)
        await traffic(town)
        # The gauges of a database are set every five seconds.
        await prometheus.scraped(len(SERVICES), times=14, since=time.time())
        await panels_have_data(prometheus, began)
        await alerts_have_series(prometheus)
        await nothing_is_labelled_by_a_sender(prometheus)


async def panels_have_data(prometheus: Prometheus, since: float) -> None:
    for nothing in ("langnghe_no_such_metric", "up / 0 * 0"):
        assert not await prometheus.figures(nothing, since), "no series, and NaN alone, are no data"
    empty = {}
    for panel in orjson.loads(FILE.read_bytes())["panels"]:
        for target in panel.get("targets", ()):
            query = target["expr"].replace("$__rate_interval", "10s")
            assert "$" not in query, query
            if not await prometheus.figures(query, since):
                empty[f"{panel['title']} {target['refId']}"] = query
    assert not empty


async def alerts_have_series(prometheus: Prometheus) -> None:
    known = set(await prometheus.get("label/__name__/values"))
    (group,) = (await prometheus.get("rules"))["groups"]
    for rule in group["rules"]:
        assert rule["health"] != "err", rule
        wanted = set(METRIC.findall(rule["query"]))
        assert wanted, rule
        assert wanted <= known, (rule["name"], wanted - known)


async def nothing_is_labelled_by_a_sender(prometheus: Prometheus) -> None:
    """Label values are few, and none has what only a sender could have written."""
    labels = await prometheus.get("labels")
    for label in set(labels) - {"__name__", "le"}:
        values = await prometheus.get(f"label/{label}/values")
        assert len(values) < 40, (label, values)
        assert all(re.fullmatch(r"[\w.:%/@+-]+", value, re.ASCII) for value in values), (label, values)
