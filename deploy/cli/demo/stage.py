"""Everything that must run: Kafka, PostgreSQL, the four services, a mailbox, a receiver of webhooks.

All of it ends with this process, also when it is killed: the servers and the supervisor's children get a
signal from the kernel when the thread that started them ends.
"""

import base64
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.cli.demo.recipients import WEBHOOK_KEY_NAME
from deploy.local.installation import Installation
from deploy.local.jars import Progress
from deploy.local.ports import free_ports
from deploy.local.stack import Stack
from deploy.local.supervisor import Supervisor
from services.notify.senders.signing import derive_secret

DIGEST_S = 3
_MARK = "made-by-langnghe-demo"


class NotOurs(Exception):
    """The folder holds something that no demo put there, so it is not emptied."""


@dataclass(frozen=True, slots=True)
class Helper:
    """A program of the demo's own, for the supervisor."""

    name: str
    argv: tuple[str, ...]
    url: str
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    @property
    def ready_url(self) -> str:
        """Answers 200 when it serves."""
        return f"{self.url}/count"


@dataclass(frozen=True, slots=True)
class Stage:
    """What runs, and where; `urls` are the bases by service, mailbox and webhook receiver."""

    installation: Installation
    supervisor: Supervisor
    urls: Mapping[str, str]
    logs: Path

    @property
    def bootstrap(self) -> str:
        """Kafka's address."""
        return self.installation.bootstrap

    @property
    def reader_dsn(self) -> str:
        """PostgreSQL by the role that reads everything and writes nothing."""
        return self.installation.dsn("reader")


def empty(folder: Path) -> None:
    """Make `folder` an empty one for the demo. Raises NotOurs where it holds anything but an old demo."""
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise NotOurs(f"{folder} is not empty and was not made by the demo: name another folder")
    # Left behind by a demo that was killed; harmless when nothing runs.
    Stack(folder).down()
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / _MARK).touch()


@contextmanager
def servers(folder: Path, progress: Progress | None = None) -> Iterator[Installation]:
    """Kafka and PostgreSQL with schemas and topics; stopped at the end. For the main thread only."""
    stack = Stack(folder, die_with_parent=True, progress=progress)
    try:
        info = stack.up()
        installation = Installation(folder, info.admin_dsn, info.bootstrap)
        installation.prepare()
        yield installation
    finally:
        stack.down()


@contextmanager
def programs(installation: Installation) -> Iterator[Stage]:
    """The services and the demo's helpers, started but not yet ready; stopped at the end."""
    helpers, smtp_port = _helpers(installation)
    urls = {helper.name: helper.url for helper in helpers}
    launches = installation.launches(_extra(smtp_port, urls["webhooks"]))
    urls |= {launch.name: launch.url for launch in launches}
    logs = installation.folder / "logs"
    with Supervisor([*helpers, *launches], logs) as supervisor:
        supervisor.start()
        yield Stage(installation, supervisor, urls, logs)


def _helpers(installation: Installation) -> tuple[list[Helper], int]:
    smtp, mail, hooks = free_ports(3)
    folder = installation.folder / "mail"
    mailbox = ("deploy.local.mailbox", "--smtp-port", smtp, "--http-port", mail, "--folder", folder)
    receiver = ("deploy.cli.demo.receiver", "--port", hooks)
    secret = derive_secret(base64.b64decode(installation.secret("webhook_key")), WEBHOOK_KEY_NAME)
    return [
        Helper("mailbox", _module(*mailbox), f"http://127.0.0.1:{mail}"),
        Helper(
            "webhooks",
            _module(*receiver),
            f"http://127.0.0.1:{hooks}",
            {**os.environ, "LANGNGHE_DEMO_WEBHOOK_SECRET": secret},
        ),
    ], smtp


def _module(*words: object) -> tuple[str, ...]:
    return (sys.executable, "-m", *map(str, words))


def _extra(smtp_port: int, webhooks: str) -> dict[str, dict[str, str]]:
    """What the demo asks of the services beyond an installation's own settings."""
    return {
        "notify": {
            "LANGNGHE_NOTIFY_SMTP_PORT": str(smtp_port),
            "LANGNGHE_NOTIFY_DIGEST_S": str(DIGEST_S),
            "LANGNGHE_NOTIFY_WEBHOOK_ALLOW": f'["{webhooks.removeprefix("http://")}"]',
        },
        "aggregation": {"LANGNGHE_AGGREGATION_WARN_EVERY_S": "1"},
    }
