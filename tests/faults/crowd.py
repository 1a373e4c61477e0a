"""Residents who report over HTTP and do not give up: the same key again until there is an answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2

from tests.faults.town import CONTACT, TEXT, Town


def a_report(key: str) -> dict[str, Any]:
    """A resident's report, of `key` alone: the same key has the same body."""
    return {"text": TEXT.format(n=key), "place_hint": "Phường Quế Võ", **CONTACT}


@dataclass
class Crowd:
    """`answers`: by key, what the door said (report id, tracking code); `refused`: answers of 503."""

    town: Town
    answers: dict[str, tuple[str, str]] = field(default_factory=dict)
    refused: int = 0

    async def one(self, client: httpx2.AsyncClient, key: str, *, patience_s: float = 90) -> tuple[str, str]:
        """Report under `key` until the door says 202; AssertionError if it never does, or says otherwise."""
        async with asyncio.timeout(patience_s):
            while True:
                try:
                    answer = await client.post(
                        "/v1/reports", json=a_report(key), headers={"Idempotency-Key": key}
                    )
                except httpx2.TransportError:
                    await asyncio.sleep(0.2)
                    continue
                if answer.status_code == 202:
                    told = answer.json()
                    return told["report_id"], told["tracking_code"]
                assert answer.status_code == 503, answer.text
                self.refused += 1
                await asyncio.sleep(0.2)

    async def resident(self, client: httpx2.AsyncClient, stop: asyncio.Event, pause_s: float) -> None:
        """One report after the other, each asked for twice: the second answer must be the first."""
        while not stop.is_set():
            key = str(uuid4())
            first = self.answers[key] = await self.one(client, key)
            assert await self.one(client, key) == first
            await asyncio.sleep(pause_s)

    async def kept(self) -> None:
        """Whatever was answered with 202 is one case, counted, under the id that was told."""
        ids = [report for report, _ in self.answers.values()]
        assert len(set(ids)) == len(ids)
        assert len({code for _, code in self.answers.values()}) == len(ids)
        found = await self.town.value(_KEPT, list(self.answers), ids)
        assert found == len(ids), (found, len(ids))


_KEPT = """
SELECT count(*) FROM unnest($1::text[], $2::uuid[]) AS u (key, report_id)
JOIN intake.submissions AS s ON s.submission_key = u.key AND s.report_id = u.report_id
JOIN routing.cases AS c ON c.case_id = u.report_id AND c.root_id = c.case_id
JOIN aggregation.counted_cases AS a ON a.case_id = u.report_id
"""


@asynccontextmanager
async def crowding(town: Town, *, residents: int = 4, pause_s: float = 0.05) -> AsyncIterator[Crowd]:
    """A crowd that reports during the block; after it, everyone has had an answer."""
    town.proved = False
    crowd, stop = Crowd(town), asyncio.Event()
    client = httpx2.AsyncClient(base_url=town.running.url("intake"), timeout=20)
    async with client, asyncio.TaskGroup() as tasks:
        for _ in range(residents):
            tasks.create_task(crowd.resident(client, stop, pause_s))
        yield crowd
        stop.set()
