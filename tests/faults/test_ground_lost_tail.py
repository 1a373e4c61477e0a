"""The ground on a log that became shorter: a broker died and lost records that it had acknowledged."""

import signal

import pytest

from tests.infra import EmbeddedInfra
from tests.integration.ground.ground import PARTITIONS, Effect, Ground, wanted
from tests.support import eventually

pytestmark = pytest.mark.faults


async def test_a_position_beyond_the_end_goes_back_on_the_record(ground: Ground) -> None:
    """At once, whether or not anything new has come; what is read again changes nothing."""
    effects, more = wanted(20, 5), wanted(20, 5, start=100)
    await _read_and_stopped(ground, effects)
    stood = await _positions(ground)
    await ground.rows("UPDATE positions SET next_offset = next_offset + 1000, holes = holes + 1000")
    ground.start("late")
    await eventually(lambda: _went_back(ground, PARTITIONS), what="the positions to go back")
    gaps = await ground.rows("SELECT * FROM position_gaps")
    assert {gap["accepted_by"] for gap in gaps} == {"watchdog"}
    assert {gap["partition"]: gap["from_offset"] - 1000 for gap in gaps} == stood
    assert all(gap["to_offset"] <= stood[gap["partition"]] for gap in gaps)
    assert (await ground.position_sums())["gap"] == sum(g["to_offset"] - g["from_offset"] for g in gaps)
    assert "consumer.log_lost_its_tail" in ground.log("late").read_text()
    await ground.send(more)
    await ground.has(set(effects + more))
    assert (await ground.position_sums())["fresh"] == 200
    await ground.sound()


@pytest.mark.parametrize("grown", [40, 400], ids=["partly", "beyond"])
async def test_a_log_that_lost_its_tail_and_grows_again(
    ground: Ground, embedded: EmbeddedInfra, grown: int
) -> None:
    """Offsets are given again to new records; each takes effect, also those of before the first look."""
    kept, old, early = wanted(20, 5), wanted(20, 10, start=50), wanted(20, 2, start=100)
    later = wanted(20, grown // 20, start=200)
    await ground.send(kept)
    await _read_and_stopped(ground, old)
    _lose_tails(embedded)
    await ground.send(early)
    ground.start("late")
    await eventually(lambda: _went_back(ground, PARTITIONS), what="the positions to go back")
    await ground.send(later)
    await ground.has({*kept, *old, *early, *later})
    assert (await ground.position_sums())["fresh"] == len(kept + old + early + later)
    await ground.sound()


async def test_a_log_that_loses_its_tail_while_it_is_read(ground: Ground, embedded: EmbeddedInfra) -> None:
    kept, old, new = wanted(20, 5), wanted(20, 10, start=50), wanted(20, 5, start=100)
    ground.start()
    await ground.send(kept)
    await ground.send(old)
    await ground.has({*kept, *old})
    _lose_tails(embedded)
    await ground.send(new)
    await ground.has({*kept, *old, *new}, deadline_s=60)
    await ground.sound()


async def _read_and_stopped(ground: Ground, effects: list[Effect]) -> None:
    ground.start("early")
    await ground.send(effects)
    await ground.has(set(effects))
    ground.signal("early", signal.SIGTERM)
    ground.members["early"].wait(20)


async def _positions(ground: Ground) -> dict[int, int]:
    return {row["partition"]: row["next_offset"] for row in await ground.rows("SELECT * FROM positions")}


async def _went_back(ground: Ground, partitions: int) -> bool:
    return len(await ground.rows("SELECT 1 FROM position_gaps WHERE to_offset < from_offset")) >= partitions


def _lose_tails(servers: EmbeddedInfra) -> None:
    """Kill the broker, cut each log of `toy.in` after its first batch of records, and start it again.

    In the thread of the tests: the broker dies with the thread that started it.
    """
    servers.kafka.kill()
    for partition in range(PARTITIONS):
        log = servers.kafka.data_dir / "data" / f"toy.in-{partition}" / f"{0:020}.log"
        with log.open("r+b") as file:
            head = file.read(12)
            file.truncate(12 + int.from_bytes(head[8:12], "big"))
    servers.kafka.start()


async def test_dead_letters_of_a_log_that_lost_its_tail(ground: Ground, embedded: EmbeddedInfra) -> None:
    """A dead record that is read again is a duplicate; another one at its offset gets its own letter."""
    await _send_bad(ground, b"kept")
    ground.start("early")
    await _send_bad(ground, b"lost")
    await _send_bad(ground, b"lost too")
    await eventually(lambda: _letters(ground, 3 * PARTITIONS), what="the first letters")
    ground.signal("early", signal.SIGTERM)
    ground.members["early"].wait(20)
    _lose_tails(embedded)
    await _send_bad(ground, b"new")
    ground.start("late")
    await eventually(lambda: _letters(ground, 4 * PARTITIONS), what="all letters")
    await ground.quiet()
    sums = await ground.position_sums()
    assert (sums["dead"], sums["duplicate"]) == (4 * PARTITIONS, PARTITIONS)
    await ground.sound()


async def _send_bad(ground: Ground, value: bytes) -> None:
    await ground.send_raw(*({"value": value, "partition": p} for p in range(PARTITIONS)))


async def _letters(ground: Ground, many: int) -> bool:
    return len(await ground.letters()) == many
