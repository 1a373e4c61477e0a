"""Fault 5: notify dies between claiming, sending and marking; a real mailbox counts what arrived."""

import pytest

from tests.faults.town import PATIENCE_S, Town

pytestmark = pytest.mark.faults

STEPS = ("after_claim", "after_send", "after_mark")
MESSAGES = "SELECT count(*) FROM notify.deliveries WHERE state = 'delivered'"


async def test_05_killed_between_claim_send_and_mark(town: Town) -> None:
    """One message at a time: a crash costs at most one mail twice, and none is lost."""
    await town.quiet()
    mails, messages = await town.mails(), await town.value(MESSAGES)
    town.stop("notify")
    ids = await town.report(30)
    for step in STEPS:
        town.start("notify", failpoint=f"notify.{step}", EMAIL_SENDERS=1)
        await town.running.died("notify", deadline_s=PATIENCE_S)
    town.start("notify", EMAIL_SENDERS=1)
    await town.sound()
    await town.taken(ids)
    arrived, sent = await town.mails() - mails, await town.value(MESSAGES) - messages
    assert sent > 0
    # Only the life that ended between send and mark can have sent what the next one sends again.
    assert sent <= arrived <= sent + 1, (sent, arrived)
    assert await town.value("SELECT count(*) FROM notify.deliveries WHERE state = 'failed'") == 0
