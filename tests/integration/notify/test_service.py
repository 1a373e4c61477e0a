"""The service as a process: from the topic to the mailbox, its pages, its API and its end."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from deploy.local.installation import Installation
from deploy.local.mailbox import Mailbox
from services.notify.use_cases.load_recipients import load_recipients
from services.routing.map.seed import unit_map
from shared.contracts.events import Event
from shared.database import Database
from tests.integration.aggregation.feed import map_events, publish
from tests.integration.notify.ground import NOW, case_event, recipient
from tests.support import Running, eventually

UNITS = unit_map()
TODAY = NOW.date()
PROVINCE = UNITS.by_code("24", TODAY, "province")
COMMUNE = UNITS.by_code("09193", TODAY, "commune")
assert PROVINCE is not None
assert COMMUNE is not None
FRONT, TOP = f"mttq@{COMMUNE.id}", f"mttq@{PROVINCE.id}"


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[tuple[Mailbox, int]]:
    made = Mailbox(tmp_path / "mail")
    yield made, await made.listen()
    made.close()


def a_case(**changes: Any) -> Event:
    facts = {
        "unit": COMMUNE.id, "path": (COMMUNE.id, PROVINCE.id), "listening_owner": FRONT,  # type: ignore[union-attr]
        "resolving_owner": None, **changes,
    }  # fmt: skip
    return case_event(audience=(FRONT, TOP), **facts).event


async def test_from_the_topic_to_the_mailbox(
    installation: Installation, running: Running, box: tuple[Mailbox, int]
) -> None:
    mailbox, port = box
    database = Database(installation.dsn("notify"), "notify")
    await database.open()
    await load_recipients(database, [recipient("front", FRONT), recipient("top", TOP)])
    await publish(installation.bootstrap, map_events())
    running.start("notify", env={"LANGNGHE_NOTIFY_SMTP_PORT": str(port), "LANGNGHE_NOTIFY_DIGEST_S": "1"})
    await running.ready("notify")
    # Ready with the first of its changes; the commune's present type is in the last one.
    await eventually(lambda: works_by_the_map(running.url("notify")), deadline_s=60, what="the whole map")
    await publish(installation.bootstrap, [a_case(), a_case(severity=3, category="pccc-cuu-nan")])

    async def told() -> list[Any]:
        async with database.connection() as connection:
            gone = await connection.fetchval("SELECT count(*) FROM outbox") == 0
            rows = await connection.fetch("SELECT DISTINCT state FROM notifications")
        return rows if gone and [r["state"] for r in rows] == ["delivered"] and mailbox.count() == 3 else []

    await eventually(told, deadline_s=30, what="three mails; " + running.tail("notify"))
    subjects = sorted(mail.subject for mail in mailbox.mails)
    assert subjects[:2] == ["[Lắng Nghe] KHẨN CẤP: Cháy nổ, thiên tai, cứu nạn – Phường Yên Phong"] * 2
    await pages_answer(running.url("notify"))
    # uvicorn ends by the signal that it was sent, once everything is closed.
    assert running.stop("notify") in (0, -signal.SIGTERM)
    await database.close()


async def works_by_the_map(url: str) -> bool:
    async with httpx2.AsyncClient(base_url=url, timeout=10) as client:
        told = (await client.get("/metrics")).text
    return f'langnghe_map_version{{service="notify"}} {float(UNITS.version)}' in told


async def pages_answer(url: str) -> None:
    async with httpx2.AsyncClient(base_url=url, timeout=10) as client:
        first = (await client.get("/v1/deliveries", params={"limit": 2})).json()
        rest = (await client.get("/v1/deliveries", params={"after": first["next"]})).json()
        assert (len(first["deliveries"]), len(rest["deliveries"]), rest["next"]) == (2, 1, None)
        assert {d["address"] for d in rest["deliveries"] + first["deliveries"]} <= {
            "fr…@example.org",
            "to…@example.org",
        }
        one = (await client.get(f"/v1/deliveries/{first['deliveries'][0]['id']}")).json()
        assert [a["outcome"] for a in one["history"]] == ["delivered"]
        of_commune = (await client.get("/v1/deliveries", params={"unit": "09193"})).json()
        assert len(of_commune["deliveries"]) == 2

        wrong = await client.get(
            "/v1/deliveries", params={"state": "x", "limit": "0"}, headers={"Accept-Language": "en"}
        )
        assert (wrong.status_code, wrong.headers["content-type"]) == (422, "application/problem+json")
        assert [(e["field"], e["code"]) for e in wrong.json()["errors"]] == [
            ("state", "unknown_value"),
            ("limit", "bad_limit"),
        ]
        assert (await client.get("/v1/deliveries/nothing")).status_code == 404

        for path in ("/deliveries", "/deliveries?unit=09193", f"/deliveries/{one['id']}", "/recipients"):
            page = await client.get(path)
            assert page.status_code == 200, path
            assert "phường Yên Phong" in page.text
            assert "front@example.org" not in page.text
            assert "default-src 'self'" in page.headers["content-security-policy"]
        assert (await client.get("/deliveries?state=x")).status_code == 422
        foreign = await client.get("/deliveries", headers={"Host": "evil.example"})
        assert foreign.status_code == 403
        assert "langnghe_notify_attempts_total" in (await client.get("/metrics")).text


@pytest.mark.parametrize(
    ("step", "extra"), [pytest.param("after_claim", 0, marks=pytest.mark.slow), ("after_send", 1)]
)
async def test_killed_on_the_way_it_sends_at_most_one_extra(
    installation: Installation, running: Running, box: tuple[Mailbox, int], step: str, extra: int
) -> None:
    mailbox, port = box
    settings = {"SMTP_PORT": str(port), "LEASE_S": "2", "SMTP_TIMEOUT_S": "1", "WEBHOOK_TIMEOUT_S": "1"}
    env = {f"LANGNGHE_NOTIFY_{name}": value for name, value in settings.items()}
    database = Database(installation.dsn("notify"), "notify")
    await database.open()
    await load_recipients(database, [recipient("front", FRONT), recipient("top", TOP)])
    await publish(installation.bootstrap, [a_case(severity=3, category="pccc-cuu-nan")])
    running.start("notify", failpoint=f"notify.{step}", env=env)
    await running.died("notify")
    running.start("notify", env=env)

    async def settled() -> bool:
        async with database.connection() as connection:
            waiting = await connection.fetchval(
                "SELECT count(*) FROM notifications WHERE state IN ('planned', 'queued')"
            )
        return mailbox.count() >= 2 and waiting == 0

    await eventually(settled, deadline_s=30, what="both told; " + running.tail("notify"))
    assert len({mail.message_id for mail in mailbox.mails}) == 2
    # What was on its way beside the one that died may have been sent, too, and not been marked.
    assert mailbox.count() <= 2 + 2 * extra
    await database.close()
