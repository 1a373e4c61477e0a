"""Aggregation alone: how many case events a second it counts durably, from Kafka, on real servers.

`python -m tests.benchmarks.aggregation_stage [EVENTS] [--profile]`: puts the events into `cases.events`,
then starts the service and waits until each position is at the end. Prints one JSON object. The counts must
equal GROUP BY, and durability must be on, or there is no figure.
"""

import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import psutil
import uuid_utils
from aiokafka import AIOKafkaProducer

from deploy.local.installation import Installation, create_database
from deploy.local.stack import Stack
from services.routing.map.seed import unit_map
from shared.contracts import events
from shared.contracts.vocabulary import CATEGORIES, CHANNELS
from shared.messaging.envelope import new_envelope, new_trace
from shared.outbox import encode
from tests.support import Running

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)


def cases(count: int, seed: int = 24) -> Iterator[events.CaseOpened]:
    """Cases of two days in 99 communes; few categories make up most, each with its usual severity."""
    dice = random.Random(seed)
    units = unit_map()
    province = units.by_code("24", TODAY, "province")
    assert province is not None
    paths = [units.path(u.id, TODAY) for u in units.units(TODAY, "commune", province.id)]
    for _ in range(count):
        path, case_id = dice.choice(paths), UUID(str(uuid_utils.uuid7()))
        observed = dice.random() < 0.2
        which = min(int(dice.expovariate(0.15)), len(CATEGORIES) - 1)
        yield events.CaseOpened(
            case_id=case_id,
            root_id=case_id,
            version=1,
            before=None,
            after=events.CaseFacts(
                unit=path[0],
                path=path,
                purpose="observation" if observed else "request",
                category=CATEGORIES[which],
                legal_kind="phan_anh",
                severity=(2, 2, 1, 1, 2, 2, 1, 2, 1, 1, 0, 1, 2, 3)[which % 14],
                state="noted" if observed else "opened",
                level="commune",
                listening_owner=f"mttq@{path[0]}",
                resolving_owner=None if observed else f"ubnd@{path[0]}",
                channel=dice.choice(CHANNELS[:4]),
                report_date=TODAY - timedelta(days=dice.randrange(2)),
                submitted_at=NOW,
                received_at=NOW,
                clocks=events.Clocks(forward_by=NOW, settle_by=NOW, listen_by=NOW, rule="mac-dinh@1"),
            ),
            reasons=(
                events.Reason(rule="noi.goi-y", version="1"),
                events.Reason(rule=f"linh-vuc.{CATEGORIES[0]}", version="1"),
                events.Reason(rule="thoi-han.mac-dinh", version="1", basis="cấu hình"),
            ),
            map_version=units.version,
            decided_at=NOW,
            audience=(f"mttq@{path[0]}", f"ubnd@{path[0]}", f"mttq@{path[-1]}"),
        )


async def publish(bootstrap: str, count: int) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", compression_type="lz4", linger_ms=20, max_batch_size=262144
    )
    await producer.start()
    try:
        pending = []
        for event in cases(count):
            envelope = new_envelope(
                "langnghe.routing", event.ce_type(), causation=str(event.case_id), traceparent=new_trace()
            )
            pending.append(
                await producer.send(
                    "cases.events", encode(event), key=event.key.encode(), headers=envelope.headers()
                )
            )
            if len(pending) >= 2000:
                await asyncio.gather(*pending)
                pending.clear()
        await asyncio.gather(*pending)
    finally:
        await producer.stop()


async def measure(count: int, folder: Path, *, profile: bool) -> dict[str, object]:
    stack = Stack(folder / "stack", die_with_parent=True)
    info = stack.up()
    running = None
    try:
        installation = Installation(folder / "inst", create_database(info.admin_dsn, "stage"), info.bootstrap)
        installation.prepare()
        await publish(info.bootstrap, count)
        running = Running(installation)
        process = running.start("aggregation")
        return await watch(installation.dsn("reader"), count, process.pid, profile=profile)
    finally:
        if running:
            running.stop_all()
        stack.down()


def record_profile(pid: int) -> None:
    """Five seconds of the process's stacks, written to the current directory."""
    tool = Path(sys.executable).parent / "py-spy"
    out = "aggregation-profile.txt"
    subprocess.Popen([str(tool), "record", "-p", str(pid), "-d", "5", "-r", "200", "-f", "raw", "-o", out])


async def watch(dsn: str, count: int, pid: int, *, profile: bool) -> dict[str, object]:
    connection = await asyncpg.connect(dsn, server_settings={"search_path": "aggregation"})
    try:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert await connection.fetchval(f"SHOW {setting}") == "on", setting
        began, seen, first, spent = None, 0, 0, 0.0
        give_up_at = time.monotonic() + 120
        while seen < count:
            assert time.monotonic() < give_up_at, seen
            await asyncio.sleep(0.02)
            seen = int(await connection.fetchval("SELECT coalesce(sum(consumed), 0) FROM positions") or 0)
            if seen and began is None:
                began, first = time.monotonic(), seen
                spent = psutil.Process(pid).cpu_times().user
                if profile:
                    record_profile(pid)
        assert began is not None
        seconds = time.monotonic() - began
        spent = psutil.Process(pid).cpu_times().user - spent
        wrong = await connection.fetchval(
            "SELECT count(*) FROM (SELECT day, place, category, channel, severity, state, purpose, count(*)"
            " FROM counted_cases GROUP BY 1, 2, 3, 4, 5, 6, 7 EXCEPT SELECT day, place, category, channel,"
            " severity, state, purpose, sum(n) FROM leaf_counts GROUP BY 1, 2, 3, 4, 5, 6, 7) AS d"
        )
        assert wrong == 0, wrong
        assert await connection.fetchval("SELECT count(*) FROM counted_cases") == count
        leaves = await connection.fetchval("SELECT count(*) FROM leaf_counts")
        return {
            "events": count,
            "seconds": round(seconds, 2),
            "rate_per_s": round((count - first) / seconds),
            "python_us_per_event": round(spent / (count - first) * 1e6, 1),
            "leaves": leaves,
        }
    finally:
        await connection.close()


def main() -> None:
    numbers = [int(a) for a in sys.argv[1:] if a.isdigit()]
    # Not in a folder that only root may read: PostgreSQL started by root runs as another user.
    with tempfile.TemporaryDirectory(prefix="langnghe-bench-") as folder:
        Path(folder).chmod(0o755)
        result = asyncio.run(
            measure(numbers[0] if numbers else 100_000, Path(folder), profile="--profile" in sys.argv)
        )
    print(json.dumps(result))


if __name__ == "__main__":
    main()
