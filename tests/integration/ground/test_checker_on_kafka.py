"""What the checker sees in Kafka itself: recounted records, lag, canaries in topics and logs."""

import orjson

from deploy.cli.checker import Planted, check
from deploy.cli.checker.result import Result
from tests.integration.ground.ground import Ground, wanted


async def _verdict(ground: Ground, invariant: str) -> Result:
    return (await check(ground.dsn, ground.bootstrap, only=[invariant])).results[invariant]


async def test_breaking_positions_by_hand(ground: Ground) -> None:
    effects = wanted(20, 5)
    ground.start()
    await ground.send(effects)
    await ground.send(wanted(3, 1), transaction="abort")
    await ground.has(set(effects))
    ground.stop_all()
    await ground.sound()
    row = (
        await ground.rows(
            "SELECT partition, next_offset FROM positions WHERE consumed > 3 ORDER BY partition"
        )
    )[0]
    where = f"toy.in[{row['partition']}]"
    breaks = {
        "I6": ("fresh = fresh + 1", "fresh = fresh - 1"),
        "I8": (
            "consumed = consumed - 1, fresh = fresh - 1, holes = holes + 1",
            "consumed = consumed + 1, fresh = fresh + 1, holes = holes - 1",
        ),
        "I9": ("next_offset = next_offset - 1", "next_offset = next_offset + 1"),
    }
    for invariant, (damage, repair) in breaks.items():
        await ground.rows(f"UPDATE positions SET {damage} WHERE partition = $1", row["partition"])
        broken = await _verdict(ground, invariant)
        assert broken.holds is False
        assert len(broken.offending) == 1
        assert where in broken.offending[0]
        await ground.rows(f"UPDATE positions SET {repair} WHERE partition = $1", row["partition"])
    await ground.rows("UPDATE positions SET next_offset = next_offset + 7, holes = holes + 7")
    beyond = await _verdict(ground, "I8")
    assert len(beyond.offending) == 6
    assert all("beyond the end" in culprit for culprit in beyond.offending)


async def test_a_partition_that_nobody_reads_is_lag(ground: Ground) -> None:
    await ground.rows(
        "INSERT INTO positions (consumer_group, topic, topic_id, partition, started_at, next_offset) "
        "SELECT 'g', 'toy.in', 'some other life', 0, 0, 0"
    )
    await ground.send(wanted(20, 1))
    lag = await _verdict(ground, "I9")
    assert lag.holds is False
    assert lag.found == 6


async def test_canaries_in_topics_and_logs(ground: Ground) -> None:
    name, number = "Trần Thị Chim Hoàng Yến", "0900 000 123"
    await ground.rows(
        "INSERT INTO positions (consumer_group, topic, topic_id, partition, started_at, next_offset) "
        "SELECT 'g', 'toy.in', 'x', 0, 0, 0"
    )
    await ground.send_raw(
        {"value": orjson.dumps({"text": f"tôi là {name}"}), "partition": 2},
        {"value": orjson.dumps({"text": "số [điện thoại]"}), "partition": 2},
        {"value": b"{}", "headers": [("ce_id", number.encode())], "partition": 3},
    )
    (ground.folder / "toy.log").write_text('{"event": "Tr\\u1ea7n Th\\u1ecb Chim Ho\\u00e0ng Y\\u1ebfn"}\n')
    planted = Planted([name, number], ground.folder, {"toy": f'x{{label="{number}"}} 1'})
    report = await check(ground.dsn, ground.bootstrap, only=["I10"], planted=planted)
    assert sorted(report.results["I10"].offending) == [
        "toy.in[2]@0: canary 0",
        "toy.in[3]@0: canary 1",
        "toy.log: canary 0",
        "toy/metrics: canary 1",
    ]
