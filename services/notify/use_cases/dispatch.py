"""Claim, send, mark: no transaction is open while a message is on its way.

A process that dies between claim and mark leaves a lease that runs out; whoever takes it over sends under the
same id.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import structlog
from asyncpg import Record

from services.notify import metrics
from services.notify.domain.outcome import Outcome, failed, retry
from services.notify.domain.retry import RetryPolicy
from services.notify.senders import Sender
from services.notify.store import deliveries as store
from services.notify.store.deliveries import Claimed
from services.notify.use_cases.mark import mark
from services.notify.use_cases.parcels import ParcelMaker
from shared import failpoints
from shared.database import Database

log = structlog.get_logger()

_IDLE_S = 0.25
_STOP_S = 5.0
WITHHELD = Outcome("withheld", "withdrawn")
MOVED = Outcome("withheld", "recipient_moved")


@dataclass(frozen=True, slots=True)
class Lane:
    """A channel's sender, and how many messages it may have on their way at once."""

    sender: Sender
    width: int


class Dispatcher:
    """Sends what is due. Several processes may run one each: leases keep them apart."""

    def __init__(
        self,
        database: Database,
        lanes: Mapping[str, Lane],
        parcels: ParcelMaker,
        policy: RetryPolicy,
        lease: timedelta,
    ) -> None:
        self._database = database
        self._lanes = lanes
        self._parcels = parcels
        self._policy = policy
        self._lease = lease
        self._wake = asyncio.Event()
        self._busy: dict[str, dict[str, asyncio.Task[None]]] = {channel: {} for channel in lanes}

    async def run(self) -> None:
        """Send until cancelled, then wait a little for what is on its way. Outlives an absent database."""
        try:
            while True:
                self._wake.clear()
                try:
                    for channel in self._lanes:
                        await self._fill(channel)
                except Exception as error:
                    log.warning("dispatch.claim_failed", error=type(error).__name__)
                    await asyncio.sleep(1)
                await self._rest()
        finally:
            await self._finish()

    async def observe(self) -> None:
        """Set the gauges of what waits."""
        async with self._database.connection() as connection:
            waiting = await store.waiting(connection)
        for state in ("ready", "sending"):
            metrics.WAITING.labels(state).set(waiting.get(state, (0, 0.0))[0])
        metrics.OLDEST.set(max((age for _, age in waiting.values()), default=0.0))

    async def _fill(self, channel: str) -> None:
        busy, lane = self._busy[channel], self._lanes[channel]
        free = lane.width - len(busy)
        if free <= 0:
            return
        token = uuid4()
        async with self._database.transaction() as tx:
            claimed = await store.claim(
                tx, channel, busy=busy.keys(), most=free, token=token, lease=self._lease
            )
        for one in claimed:
            busy[one.recipient_id] = asyncio.create_task(self._deliver(one, lane.sender))

    async def _rest(self) -> None:
        # Not wait_for: before Python 3.12 it can lose a cancellation that meets the end of the wait.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_IDLE_S):
                await self._wake.wait()

    async def _finish(self) -> None:
        tasks = [task for busy in self._busy.values() for task in busy.values()]
        if not tasks:
            return
        _, left = await asyncio.wait(tasks, timeout=_STOP_S)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _deliver(self, claimed: Claimed, sender: Sender) -> None:
        failpoints.hit("notify.after_claim")
        try:
            async with self._database.connection() as connection:
                records = await store.items(connection, claimed.id, claimed.body)
            outcome = await self._attempt(claimed, records, sender)
            failpoints.hit("notify.after_send")
            async with self._database.transaction() as tx:
                ours = await mark(tx, claimed, records, outcome, self._pause(claimed, outcome))
            failpoints.hit("notify.after_mark")
            if not ours:
                log.warning("dispatch.lease_lost", delivery_id=str(claimed.id))
        except Exception as error:
            # The lease runs out and the message is sent again: at most one extra, under the same id.
            log.warning("dispatch.not_marked", delivery_id=str(claimed.id), error=type(error).__name__)
        finally:
            self._busy[claimed.channel].pop(claimed.recipient_id, None)
            self._wake.set()

    async def _attempt(self, claimed: Claimed, records: list[Record], sender: Sender) -> Outcome:
        refusal = _refusal(claimed, records, self._policy)
        if refusal is not None:
            return refusal
        began = time.monotonic()
        try:
            parcel = self._parcels.make(claimed, [r for r in records if r["allowed"]])
            outcome = await sender.send(parcel)
        except Exception as error:
            log.error("dispatch.sender_failed", delivery_id=str(claimed.id), error=type(error).__name__)
            outcome = retry("internal")
        metrics.sent(claimed.channel, time.monotonic() - began)
        return outcome

    def _pause(self, claimed: Claimed, outcome: Outcome) -> timedelta | None:
        if outcome.result != "retry":
            return None
        delay = self._policy.delay(claimed.attempt, random.random())
        return None if delay is None else timedelta(seconds=delay)


def _refusal(claimed: Claimed, records: list[Record], policy: RetryPolicy) -> Outcome | None:
    """Why the message is not sent at all, if so."""
    if not any(record["allowed"] for record in records):
        return WITHHELD
    if claimed.moved:
        return MOVED
    if not claimed.active:
        return failed("no_recipient")
    # Only attempts that died with their process come to more than the policy allows.
    return failed("gave_up") if claimed.attempt > policy.max_attempts else None
