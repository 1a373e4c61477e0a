"""Notify's parts on a database of their own, with a mailbox and a webhook receiver."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.local.installation import Installation
from deploy.local.mailbox import Mailbox
from shared.database import Database
from tests.integration.notify.ground import Notify, Receiver


@pytest.fixture
async def mailbox(tmp_path: Path) -> AsyncIterator[Mailbox]:
    box = Mailbox(tmp_path / "mail")
    yield box
    box.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    server = await made.listen()
    yield made
    server.close()


@pytest.fixture
async def notify(installation: Installation, mailbox: Mailbox, receiver: Receiver) -> AsyncIterator[Notify]:
    database = Database(installation.dsn("notify"), "notify", max_size=20)
    await database.open()
    made = Notify(database, smtp=await mailbox.listen(), web=receiver.port)
    await made.clean()
    yield made
    await database.close()
