"""Requests that come at about the same time share one transaction: a COMMIT costs the same for two hundred.

The first one waits a few milliseconds for company, and while one batch commits the next one gathers.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.database import is_transient

T = TypeVar("T")
R = TypeVar("R")
_WAIT_S = 15.0


class Busy(Exception):
    """More requests wait than may; come again in a second."""


class Unknown(Exception):
    """The outcome is not known: the database did not answer. The same request may be sent again."""


@dataclass(slots=True)
class _Waiting(Generic[T, R]):
    item: T
    answer: "asyncio.Future[R]"


class MicroBatch(Generic[T, R]):
    """`work` settles items and answers them in order; `most` of them at once, `waiting` at most in line."""

    def __init__(
        self,
        work: Callable[[Sequence[T]], Awaitable[Sequence[R]]],
        *,
        most: int = 200,
        linger_s: float = 0.004,
        waiting: int = 4_000,
    ) -> None:
        self._work = work
        self._most = most
        self._linger_s = linger_s
        self._queue: asyncio.Queue[_Waiting[T, R]] = asyncio.Queue(waiting)

    async def submit(self, item: T) -> R:
        """The item's answer, once committed. Raises Busy, Unknown, or what `work` raised for it alone.

        Whoever stops waiting changes nothing: the item is settled all the same.
        """
        waiting: _Waiting[T, R] = _Waiting(item, asyncio.get_running_loop().create_future())
        try:
            self._queue.put_nowait(waiting)
        except asyncio.QueueFull:
            raise Busy from None
        try:
            return await asyncio.wait_for(waiting.answer, _WAIT_S)
        except TimeoutError:
            raise Unknown from None

    async def run(self) -> None:
        """Settle batches until cancelled."""
        while True:
            batch = [await self._queue.get()]
            if self._queue.qsize() < self._most:
                await asyncio.sleep(self._linger_s)
            while len(batch) < self._most and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            await self._settle(batch)

    async def _settle(self, batch: list[_Waiting[T, R]]) -> None:
        try:
            answers = await self._work([waiting.item for waiting in batch])
        except Exception as error:
            if not is_transient(error) and len(batch) > 1:
                # One of them is to blame; the others shall not suffer for it.
                for waiting in batch:
                    await self._settle([waiting])
                return
            for waiting in batch:
                if not waiting.answer.done():
                    waiting.answer.set_exception(Unknown() if is_transient(error) else error)
            return
        for waiting, answer in zip(batch, answers, strict=True):
            if not waiting.answer.done():
                waiting.answer.set_result(answer)
