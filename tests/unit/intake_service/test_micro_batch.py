"""Requests share transactions, and nobody suffers for his neighbour."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from services.intake.micro_batch import Busy, MicroBatch, Unknown


class Ledger:
    """Work that remembers its batches and fails as told."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, items: Sequence[int]) -> list[int]:
        await self.gate.wait()
        self.batches.append(list(items))
        if -1 in items:
            raise ValueError("a bad item")
        if -2 in items:
            raise ConnectionError("the database is away")
        return [item * 10 for item in items]


@asynccontextmanager
async def running(work: Ledger, waiting: int = 100) -> AsyncIterator[MicroBatch[int, int]]:
    batch: MicroBatch[int, int] = MicroBatch(work, most=10, linger_s=0, waiting=waiting)
    task = asyncio.create_task(batch.run())
    yield batch
    task.cancel()


async def test_what_comes_together_is_settled_together() -> None:
    work = Ledger()
    async with running(work) as batch:
        assert await asyncio.gather(*(batch.submit(n) for n in range(25))) == [n * 10 for n in range(25)]
    assert sorted(map(len, work.batches)) == [5, 10, 10]


async def test_a_bad_item_fails_alone() -> None:
    async with running(Ledger()) as batch:
        answers = await asyncio.gather(*(batch.submit(n) for n in (1, -1, 2)), return_exceptions=True)
    assert answers[0] == 10
    assert isinstance(answers[1], ValueError)
    assert answers[2] == 20


async def test_a_database_that_is_away_leaves_the_outcome_unknown() -> None:
    async with running(Ledger()) as batch:
        answers = await asyncio.gather(*(batch.submit(n) for n in (1, -2)), return_exceptions=True)
    assert all(isinstance(answer, Unknown) for answer in answers)


async def test_who_stops_waiting_is_settled_all_the_same() -> None:
    work = Ledger()
    work.gate.clear()
    async with running(work) as batch:
        gone = asyncio.create_task(batch.submit(1))
        stays = asyncio.create_task(batch.submit(2))
        await asyncio.sleep(0)
        gone.cancel()
        work.gate.set()
        assert await stays == 20
    assert work.batches == [[1, 2]]


async def test_a_full_line_is_told_to_come_again() -> None:
    work = Ledger()
    work.gate.clear()
    async with running(work, waiting=2) as batch:
        tasks = [asyncio.create_task(batch.submit(n)) for n in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await batch.submit(9)
        work.gate.set()
        assert await asyncio.gather(*tasks) == [0, 10]
