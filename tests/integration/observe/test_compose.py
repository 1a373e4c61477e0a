"""The compose file, without an engine: pinned images, loopback only, names the settings know, no secrets."""

import json
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from pydantic_settings import BaseSettings

from deploy.compose import make_secrets
from deploy.compose.prepare import prepare
from deploy.grafana.pipeline import FILE
from deploy.local.installation import create_database
from deploy.local.kafka_config import PROPERTIES
from deploy.prometheus.configuration import targets
from services.aggregation.settings import Settings as Aggregation
from services.intake.settings import Settings as Intake
from services.notify.settings import NotifySettings as Notify
from services.routing.settings import Settings as Routing
from shared.migrations import SERVICES
from tests.infra import Infra

yaml = pytest.importorskip("yaml", reason="PyYAML reads compose.yaml")
FOLDER = Path(make_secrets.__file__).parent
ROOT = FOLDER.parents[1]
SETTINGS: Mapping[str, type[BaseSettings]] = {
    "intake": Intake,
    "routing": Routing,
    "aggregation": Aggregation,
    "notify": Notify,
}
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
DEFAULTED = re.compile(r"\$\{[A-Z_]+:-([^}]*)\}")


def env_file(path: Path) -> dict[str, str]:
    pairs = (line.split("=", 1) for line in path.read_text().splitlines())
    return {pair[0]: pair[1] for pair in pairs}


def environment(name: str, secrets: Path) -> dict[str, str]:
    """What a container is told: its files, then its own lines with their defaults."""
    container = CONTAINERS[name]
    told: dict[str, str] = {}
    for path in container.get("env_file", ()):
        told |= env_file(secrets / Path(path).name)
    own = {key: DEFAULTED.sub(r"\1", value) for key, value in container["environment"].items()}
    return told | own


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    assert make_secrets.make(tmp_path / "secrets")
    return tmp_path / "secrets"


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("LANGNGHE_")]:
        monkeypatch.delenv(name)


def test_everything_is_there() -> None:
    assert {*SERVICES, "kafka", "postgres", "prometheus", "grafana", "prepare"} == CONTAINERS.keys()


@pytest.mark.parametrize("name", sorted({c["image"] for c in CONTAINERS.values()} - {"langnghe:local"}))
def test_images_are_pinned_to_a_version(name: str) -> None:
    assert re.fullmatch(r"[a-z]+(/[a-z]+)?:v?\d+(\.\d+)+", name)


def test_the_services_share_one_image_that_is_pinned_and_runs_as_nobody() -> None:
    lines = (FOLDER / "Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("FROM")] == ["FROM python:3.11.13-slim-bookworm"]
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001"]
    synced = [line for line in lines if "uv sync" in line]
    assert synced
    assert all("--frozen" in line for line in synced)
    for source in [line.split()[1:-1] for line in lines if line.startswith("COPY")]:
        assert all((ROOT / path).exists() for path in source), source
    for name in SERVICES:
        assert CONTAINERS[name]["image"] == "langnghe:local"
        assert (ROOT / CONTAINERS[name]["build"]["dockerfile"]) == FOLDER / "Dockerfile"
        assert CONTAINERS[name]["command"] == ["python", "-m", f"services.{name}.main"]


@pytest.mark.parametrize("name", sorted(CONTAINERS))
def test_nothing_listens_but_on_loopback(name: str) -> None:
    container = CONTAINERS[name]
    for port in container.get("ports", ()):
        assert port.startswith("127.0.0.1:"), port
    if container.get("network_mode") == "host" and name != "prepare":
        told = json.dumps([container.get("command"), container.get("environment")])
        assert "127.0.0.1" in told
        assert "0.0.0.0" not in told


@pytest.mark.parametrize("name", sorted(set(CONTAINERS) - {"prepare"}))
def test_each_container_says_whether_it_is_well(name: str) -> None:
    check = CONTAINERS[name]["healthcheck"]
    assert check["test"][0] == "CMD"
    assert check["retries"] * int(check["interval"].rstrip("s")) >= 30


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_told_what_its_settings_ask_for_and_nothing_else(
    name: str, secrets: Path, clean: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = SETTINGS[name]
    prefix = model.model_config["env_prefix"]
    told = environment(name, secrets)
    assert {key.removeprefix(prefix).lower() for key in told} <= model.model_fields.keys()
    for key, value in told.items():
        monkeypatch.setenv(key, value)
    settings: Any = model()
    assert settings.host == "127.0.0.1"
    assert CONTAINERS[name]["healthcheck"]["test"][-1] == f"http://127.0.0.1:{settings.port}/livez"
    assert settings.base_urls[name] == f"http://127.0.0.1:{settings.port}"
    if name == "intake":
        settings.keys()


def test_prometheus_asks_where_the_services_are(secrets: Path) -> None:
    urls = json.loads(environment("intake", secrets)["LANGNGHE_INTAKE_BASE_URLS"])
    assert (FOLDER / "targets.json").read_text() == targets(urls)


def test_grafana_is_given_the_source_that_the_dashboard_asks() -> None:
    grafana = FOLDER.parent / "grafana"
    (source,) = yaml.safe_load((grafana / "provisioning/datasources/prometheus.yml").read_text())[
        "datasources"
    ]
    (provider,) = yaml.safe_load((grafana / "provisioning/dashboards/langnghe.yml").read_text())["providers"]
    (variable,) = json.loads(FILE.read_text())["templating"]["list"]
    assert source["uid"] == variable["current"]["value"]
    assert source["url"].removeprefix("$") in CONTAINERS["grafana"]["environment"]
    assert f"../grafana/dashboards:{provider['options']['path']}:ro" in CONTAINERS["grafana"]["volumes"]


def test_the_broker_is_set_as_the_embedded_one() -> None:
    told = CONTAINERS["kafka"]["environment"]
    for name in ("auto.create.topics.enable", "message.max.bytes", "transaction.max.timeout.ms"):
        assert told["KAFKA_" + name.replace(".", "_").upper()] == PROPERTIES[name]


def test_mounted_files_exist() -> None:
    for container in CONTAINERS.values():
        for volume in container.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (FOLDER / source).exists(), volume


def test_secrets_are_made_once_kept_private_and_in_no_committed_file(secrets: Path) -> None:
    before = {path.name: path.read_text() for path in secrets.iterdir()}
    assert not make_secrets.make(secrets)
    assert {path.name: path.read_text() for path in secrets.iterdir()} == before
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    assert len({tuple(make_secrets.contents().values()) for _ in range(2)}) == 2
    named = {Path(f).name for c in CONTAINERS.values() for f in c.get("env_file", ())}
    named |= {Path(secret["file"]).name for secret in COMPOSE["secrets"].values()}
    assert named == before.keys()
    for container in CONTAINERS.values():
        for key in container.get("environment", {}):
            assert key.endswith("FILE") or not re.search("PASSWORD|KEK|KEY|DSN|TOKEN", key), key
    kept = (FOLDER / ".gitignore").read_text().split()
    left_out = (FOLDER / "Dockerfile.dockerignore").read_text().split()
    assert "secrets/" in kept
    assert "deploy/compose/secrets" in left_out


def test_an_engines_own_reader_takes_the_file(tmp_path: Path) -> None:
    compose = shutil.which("docker-compose")
    if compose is None:
        pytest.skip("docker-compose is not installed")
    shutil.copytree(FOLDER, tmp_path / "deploy" / "compose", ignore=shutil.ignore_patterns("secrets"))
    make_secrets.make(tmp_path / "deploy" / "compose" / "secrets")
    argv = [compose, "-f", str(tmp_path / "deploy" / "compose" / "compose.yaml"), "config", "--quiet"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_prepare_makes_an_installation_ready_and_may_be_repeated(infra: Infra, secrets: Path) -> None:
    admin_dsn = create_database(infra.dsn(), f"compose_{os.getpid()}")
    told = environment("prepare", secrets)
    there = urlsplit(admin_dsn)
    for name, value in list(told.items()):
        if name.endswith("_DATABASE_DSN"):
            parts = urlsplit(value)
            netloc = f"{parts.username}:{parts.password}@{there.hostname}:{there.port}"
            told[name] = urlunsplit(parts._replace(netloc=netloc, path=there.path))
    told |= {"LANGNGHE_ADMIN_DSN": admin_dsn, "LANGNGHE_KAFKA_BOOTSTRAP": infra.bootstrap}
    prepare(told)
    prepare(told)
    with psycopg.connect(told["LANGNGHE_ROUTING_DATABASE_DSN"]) as connection:
        loaded = connection.execute("SELECT max(map_version) FROM routing.map_changes").fetchone()
        waiting = connection.execute("SELECT count(*) FROM routing.outbox").fetchone()
    assert loaded is not None
    assert waiting is not None
    assert loaded[0] >= 1
    assert waiting[0] >= loaded[0], "each change is announced"
