"""One installation on one machine: roles, schemas, topics, secrets, and how each service is started.

Everything is kept under the stack's data folder; `secrets.json` (mode 0600) is made once and used again.
"""

import base64
import json
import os
import secrets
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from kafka import KafkaAdminClient
from psycopg import sql

from deploy.local.ports import free_ports
from shared.contracts.topics import TOPICS
from shared.messaging.topics_admin import apply
from shared.migrations import SERVICES, migrate, provision


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start one service's process: its arguments, its environment, and where it says it is ready."""

    name: str
    argv: tuple[str, ...]
    env: dict[str, str]
    url: str

    @property
    def ready_url(self) -> str:
        return f"{self.url}/readyz"


class Installation:
    """`folder` holds the secrets; `admin_dsn` is a superuser's, whose database name is the one used."""

    def __init__(self, folder: Path, admin_dsn: str, bootstrap: str) -> None:
        self.folder = folder
        self.admin_dsn = admin_dsn
        self.bootstrap = bootstrap
        self._secrets = _load_secrets(folder / "secrets.json")

    def prepare(self, *, services: Iterable[str] = SERVICES) -> None:
        """Roles and schemas, migrations to the newest, topics as the table says. Harmless when repeated."""
        provision(self.admin_dsn, {n: self._secrets[f"db_{n}"] for n in (*SERVICES, "reader")})
        for service in services:
            migrate(service, self.dsn(service))
        admin = KafkaAdminClient(bootstrap_servers=self.bootstrap, client_id="langnghe-install")
        try:
            apply(admin, TOPICS.values(), drained=lambda _topic: False)
        finally:
            admin.close()

    def dsn(self, name: str) -> str:
        """The DSN of a service's role, or of `reader`."""
        parts = urlsplit(self.admin_dsn)
        user = f"langnghe_{name}:{self._secrets[f'db_{name}']}"
        return urlunsplit(parts._replace(netloc=f"{user}@{parts.hostname}:{parts.port}"))

    def secret(self, name: str) -> str:
        """A secret by name: kek, tracking_key, webhook_key (base64 of 32 bytes)."""
        return self._secrets[name]

    def ports(self) -> dict[str, int]:
        """A port for each service, chosen once and kept in `ports.json`."""
        path = self.folder / "ports.json"
        if path.exists():
            return dict(json.loads(path.read_text()))
        chosen = dict(zip(SERVICES, free_ports(len(SERVICES)), strict=True))
        path.write_text(json.dumps(chosen))
        return chosen

    def urls(self) -> dict[str, str]:
        """Where each service answers."""
        return {service: f"http://127.0.0.1:{port}" for service, port in self.ports().items()}

    def launches(self, extra: dict[str, dict[str, str]] | None = None) -> list[Launch]:
        """How to start the four services; `extra` adds to a service's environment."""
        urls = self.urls()
        return [
            Launch(
                service,
                (sys.executable, "-m", f"services.{service}.main"),
                {**os.environ, **self.environment(service), **(extra or {}).get(service, {})},
                urls[service],
            )
            for service in SERVICES
        ]

    def environment(self, service: str) -> dict[str, str]:
        """What a service is told beyond the environment of its launcher: `LANGNGHE_<SERVICE>_<NAME>`."""
        own = {
            "intake": {"KEK": self.secret("kek"), "TRACKING_KEY": self.secret("tracking_key")},
            "notify": {"WEBHOOK_KEY": self.secret("webhook_key")},
        }.get(service, {})
        settings = {
            "DATABASE_DSN": self.dsn(service),
            "KAFKA_BOOTSTRAP": self.bootstrap,
            "PORT": str(self.ports()[service]),
            "BASE_URLS": json.dumps(self.urls()),
            **own,
        }
        return {f"LANGNGHE_{service.upper()}_{name}": value for name, value in settings.items()}


def create_database(admin_dsn: str, name: str) -> str:
    """Make an empty database beside the one that `admin_dsn` names; returns its DSN. Tests use one each."""
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    return urlunsplit(urlsplit(admin_dsn)._replace(path=f"/{name}"))


def _load_secrets(path: Path) -> dict[str, str]:
    if path.exists():
        return dict(json.loads(path.read_text()))
    made = {f"db_{name}": secrets.token_urlsafe(24) for name in (*SERVICES, "reader")}
    for name in ("kek", "tracking_key", "webhook_key"):
        made[name] = base64.b64encode(secrets.token_bytes(32)).decode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(made))
    return made
