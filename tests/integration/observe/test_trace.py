"""One report's trace crosses every topic and is in the log lines of what went wrong; nothing personal is."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.installation import Installation
from shared.messaging.envelope import new_trace
from tests.integration.intake import support
from tests.integration.observe.ground import Town, a_town
from tests.support import Running

PHONE = "0912 345 678"


async def traced(town: Town, topic: str, trace: str) -> list[dict[str, str]]:
    """The headers of a topic's records that belong to a trace."""
    records: list[Any] = await asyncio.to_thread(support.topic, town.installation, topic)
    headers = [{name: value.decode(errors="replace") for name, value in r.headers} for r in records]
    return [h for h in headers if h.get("traceparent", "").split("-")[1:2] == [trace.split("-")[1]]]


@pytest.mark.slow
async def test_a_trace_is_followed_from_the_door_to_the_mailbox_and_in_the_logs(
    installation: Installation, running: Running, tmp_path: Path
) -> None:
    async with a_town(installation, running, tmp_path) as town:
        await through_every_topic(town)
        await what_is_refused_says_so(town)
        await what_is_dead_says_so(town)


async def through_every_topic(town: Town) -> None:
    """Each event names its cause, and all have one trace; so has the line about a mail sent again."""
    trace = new_trace()
    town.mailbox.behave(["451", "accept"])
    own_id = str(uuid4())
    await town.send(town.report(), trace, id_=own_id)
    await town.delivered()
    (submitted,) = await traced(town, "reports.submitted", trace)
    (received,) = await traced(town, "reports.events", trace)
    (opened,) = await traced(town, "cases.events", trace)
    told = await traced(town, "notifications.events", trace)
    assert submitted["ce_id"] == own_id
    assert received["ce_causationid"] == submitted["ce_id"]
    assert opened["ce_causationid"] == received["ce_id"]
    assert told
    assert {t["ce_causationid"] for t in told} == {opened["ce_id"]}
    assert {t["ce_type"] for t in told} == {"langnghe.NotificationDelivered.v1"}
    line = await town.logged("notify", "delivery.not_delivered", error="smtp_temporary", result="retry")
    assert line["trace_ids"] == [trace.split("-")[1]]
    assert line["delivery_id"]


async def what_is_refused_says_so(town: Town) -> None:
    """A refusal is logged and announced with its trace."""
    trace = new_trace()
    await town.send(support.body("", channel="no-such-channel"), trace)
    line = await town.logged("intake", "report.refused", trace_id=trace.split("-")[1])
    assert line["reason"] == "invalid_body"
    assert line["report_id"]
    (rejected,) = await traced(town, "reports.events", trace)
    assert rejected["ce_type"] == "langnghe.ReportRejected.v1"


async def what_is_dead_says_so(town: Town) -> None:
    """A dead letter's line has position, reason and trace; an outsider's id may be a telephone number."""
    trace = new_trace()
    await town.send(town.report(), trace, id_=PHONE, key=b"not the key of this source......")
    line = await town.logged("intake", "consumer.dead_letter", trace_id=trace.split("-")[1])
    assert line["reason"] == "signature_mismatch"
    assert line["topic"] == "reports.submitted"
    assert isinstance(line["partition"], int)
    assert isinstance(line["offset"], int)
    assert "event_id" not in line
    assert PHONE not in town.world.running.log("intake").read_text(encoding="utf-8")
