"""The HTTP door: what the whole system takes in by it, and how long each step takes at parts of that.

Capacity: 64 clients, each posting again as soon as it is answered; reports over the time until the last one
is counted and notified. Then arrivals by schedule, whatever became of those before (open loop): a latency
counts from the *scheduled* instant, so that a stall is felt by everybody who came during it. Accepted is when
the answer was there; routed, counted, notified are when PostgreSQL committed the row
(`track_commit_timestamp`).
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

import orjson

from deploy.cli.bench.client import Poster
from deploy.cli.bench.end_to_end import Broken, calm, sound
from deploy.cli.bench.ground import SERVICES, Ground
from deploy.cli.bench.samples import TOKEN, submissions
from shared.database import Connection

POSTGRES = {"track_commit_timestamp": "on"}
"""What the ground must be made with."""
_CLIENTS = 64
_SHARES = (0.25, 0.5, 0.75)
_STEPS = {
    "routed": "SELECT case_id, pg_xact_commit_timestamp(xmin) FROM routing.cases",
    "counted": "SELECT case_id, pg_xact_commit_timestamp(xmin) FROM aggregation.counted_cases",
    "notified": "SELECT case_id, pg_xact_commit_timestamp(xmin) FROM notify.known_cases",
}

Sent = dict[str, tuple[float, float]]
"""Report id -> (scheduled, answered), both seconds since the epoch."""


async def http_door(ground: Ground, seconds: float) -> dict[str, Any]:
    """Find the capacity, then `seconds` at each share of it; the checker has the last word."""
    ground.start(*SERVICES)
    poster = Poster(f"{ground.urls['intake']}/v1/reports", {"Authorization": f"Bearer {TOKEN}"})
    bodies = (orjson.dumps(body) for body in submissions(10_000_000, seed=3))
    try:
        await _closed(poster, bodies, min(seconds, 3.0))
        await calm(ground)
        began = time.monotonic()
        count = await _closed(poster, bodies, seconds)
        door = count / (time.monotonic() - began)
        await calm(ground)
        capacity = count / (time.monotonic() - began)
        levels = {}
        async with ground.admin() as connection:
            for share in _SHARES:
                sent = await _open(poster, bodies, capacity * share, seconds)
                await calm(ground)
                levels[f"{share:.0%}"] = await _latencies(connection, sent, capacity * share)
    finally:
        poster.close()
    invariants = await sound(ground)
    ground.services.stop(*SERVICES)
    return {
        "door_per_s": round(door),
        "capacity_per_s": round(capacity),
        "clients": _CLIENTS,
        "levels": levels,
        "invariants": invariants,
    }


async def _closed(poster: Poster, bodies: Iterator[bytes], seconds: float) -> int:
    """How many were accepted by clients that post one after the other."""
    stop_at = time.monotonic() + seconds

    async def client() -> int:
        done = 0
        while time.monotonic() < stop_at:
            await _post(poster, next(bodies))
            done += 1
        return done

    return sum(await asyncio.gather(*(client() for _ in range(_CLIENTS))))


async def _open(poster: Poster, bodies: Iterator[bytes], rate_per_s: float, seconds: float) -> Sent:
    """Post at scheduled instants; nobody waits for anybody."""
    sent: Sent = {}

    async def one(scheduled: float, body: bytes) -> None:
        report_id = await _post(poster, body)
        sent[report_id] = scheduled, time.time()

    began, posts = time.time(), []
    for number in range(int(rate_per_s * seconds)):
        scheduled = began + number / rate_per_s
        wait = scheduled - time.time()
        if wait > 0:
            await asyncio.sleep(wait)
        posts.append(asyncio.create_task(one(scheduled, next(bodies))))
    await asyncio.gather(*posts)
    return sent


async def _post(poster: Poster, body: bytes) -> str:
    answer = await poster.post(body, str(uuid4()))
    if answer.status != 202:
        said = bytes(answer.body[:300]).decode(errors="replace")
        raise Broken(f"the door answered {answer.status}: {said}")
    return str(orjson.loads(answer.body)["report_id"])


async def _latencies(connection: Connection, sent: Sent, rate_per_s: float) -> dict[str, Any]:
    """Percentiles of each step, in milliseconds."""
    found: dict[str, Any] = {"rate_per_s": round(rate_per_s), "reports": len(sent)}
    found["accepted"] = percentiles([answered - scheduled for scheduled, answered in sent.values()])
    for step, sql in _STEPS.items():
        rows = await connection.fetch(f"{sql} WHERE case_id = ANY ($1::uuid[])", list(sent))
        if len(rows) != len(sent):
            raise Broken(f"{len(rows)} of {len(sent)} reports were {step}")
        found[step] = percentiles([row[1].timestamp() - sent[str(row[0])][0] for row in rows])
    return found


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """p50 and p99 in milliseconds, by nearest rank."""
    ordered = sorted(seconds)
    rank = {share: max(0, -(-len(ordered) * share // 100) - 1) for share in (50, 99)}
    return {f"p{share}": round(ordered[at] * 1000, 1) for share, at in rank.items()}
