"""The three doors as their callers see them: HTTP, signed Kafka records, a sheet; and what each answered."""

import asyncio
import csv
import io
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import httpx2
import orjson
import stamina
from aiokafka import AIOKafkaProducer

from deploy.cli.demo.faulty import signed
from deploy.cli.demo.posts import SHEETS, Post, RawRecord, RawRequest
from services.intake.domain.sheet import COLUMNS

_TOPIC = "reports.submitted"
_AT_ONCE = 16
_STATUS = {"accepted": 202, "duplicate": 202, "rejected": 422}


class TryAgain(Exception):
    """The door was busy or the outcome is not known: the same goes again under the same key."""


_MAY_PASS = (TryAgain, httpx2.TransportError)


@dataclass(slots=True)
class Ledger:
    """What the senders know: `wrong` names every answer that was not as expected."""

    accepted_ms: list[float] = field(default_factory=list)
    """Milliseconds from a POST of a report to its 202, for those that were accepted."""
    tracking_codes: dict[str, str] = field(default_factory=dict)
    """By the post's key, of the HTTP door."""
    wrong: list[str] = field(default_factory=list)

    def expect(self, what: str, wanted: object, got: object) -> None:
        """Note it if the answer is another one."""
        if wanted != got:
            self.wrong.append(f"{what}: expected {wanted}, answered {got}")


class Doors:
    """An open client and producer; use as an async context manager."""

    def __init__(self, intake_url: str, bootstrap: str) -> None:
        self.ledger = Ledger()
        self._http = httpx2.AsyncClient(base_url=intake_url, timeout=30)
        self._kafka = AIOKafkaProducer(
            bootstrap_servers=bootstrap, client_id="langnghe-demo", acks="all", enable_idempotence=True
        )
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def __aenter__(self) -> "Doors":
        await self._kafka.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()
        await self._kafka.stop()

    async def submit(self, posts: Sequence[Post]) -> None:
        """All three doors at once; returns when each has answered."""
        by_door: dict[str, list[Post]] = {"http": [], "kafka": [], "sheet": []}
        for post in posts:
            by_door[post.door].append(post)
        await asyncio.gather(
            *(self._post(post) for post in by_door["http"]),
            self._send(by_door["kafka"]),
            self._upload(by_door["sheet"]),
        )

    async def misbehave(self, requests: Iterable[RawRequest], records: Iterable[RawRecord]) -> None:
        """What must be turned away at the doors."""
        for request in requests:
            answer = await self._http.post("/v1/reports", content=request.body, headers=request.headers)
            self.ledger.expect("a bad request", request.status, answer.status_code)
        for number, record in enumerate(records):
            key = f"bad-{number}".encode()
            await self._kafka.send_and_wait(_TOPIC, record.value, key=key, headers=list(record.headers))

    async def _post(self, post: Post) -> None:
        headers = {"Idempotency-Key": post.key, "Content-Type": "application/json"}
        if post.source is not None:
            headers["Authorization"] = f"Bearer {post.source.token}"
        async with self._turns:
            answer, took_ms = await self._ask(headers, orjson.dumps(post.fields))
        self.ledger.expect(f"HTTP {post.key}", _STATUS[post.expected], answer.status_code)
        if answer.status_code == 202:
            self.ledger.tracking_codes[post.key] = answer.json()["tracking_code"]
            if post.expected == "accepted":
                self.ledger.accepted_ms.append(took_ms)

    async def _ask(self, headers: dict[str, str], body: bytes) -> tuple[httpx2.Response, float]:
        async for attempt in stamina.retry_context(on=_MAY_PASS, attempts=8, timeout=30):
            with attempt:
                began = time.perf_counter()
                answer = await self._http.post("/v1/reports", content=body, headers=headers)
                if answer.status_code >= 500:
                    raise TryAgain(f"HTTP {answer.status_code}")
                return answer, (time.perf_counter() - began) * 1000
        raise AssertionError("retry_context returns or raises")

    async def _send(self, posts: Sequence[Post]) -> None:
        sent = []
        for post in posts:
            assert post.source is not None
            value, headers = signed(
                post.source.key, post.key, orjson.dumps(post.fields), source=post.source.id
            )
            key = f"{post.source.id}{post.key}".encode()
            sent.append(await self._kafka.send(_TOPIC, value, key=key, headers=list(headers)))
        await asyncio.gather(*sent)

    async def _upload(self, posts: Sequence[Post]) -> None:
        if not posts:
            return
        answer = await self._http.post(
            "/v1/sheets",
            content=as_csv(posts),
            headers={"Content-Type": "text/csv", "Authorization": f"Bearer {SHEETS.token}"},
        )
        self.ledger.expect("a sheet", 200, answer.status_code)
        if answer.status_code != 200:
            return
        for post, result in zip(posts, answer.json()["results"], strict=True):
            self.ledger.expect(f"row {post.key}", post.expected, result["outcome"])


def as_csv(posts: Iterable[Post]) -> bytes:
    """The posts as a sheet with English headings, a row each, in order."""
    names = {field: english for field, (_, english) in COLUMNS.items()}
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(names.values()), extrasaction="ignore")
    writer.writeheader()
    for post in posts:
        cells = {names[path]: value for path, value in _cells(post) if path in names}
        writer.writerow(cells)
    return out.getvalue().encode()


def _cells(post: Post) -> Iterable[tuple[str, str]]:
    yield "id", post.key
    for name, value in post.fields.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{inner}", _cell(told)) for inner, told in value.items())
        else:
            yield name, _cell(value)


def _cell(value: object) -> str:
    return {True: "x", False: ""}.get(value, str(value)) if isinstance(value, bool) else str(value)
