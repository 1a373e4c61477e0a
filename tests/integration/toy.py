"""A toy service on toy topics: what the ground promises, without any of the real services.

Run as a process: reads `toy.in` ({"key": ..., "n": ...}), keeps each (key, n) once in `toy.effects`, and
announces one ToyHappened a fresh effect on `toy.out`. A body `{"poison": true}` makes PostgreSQL refuse it.
Environment: TOY_DSN, TOY_KAFKA, TOY_GROUP, TOY_BATCH, TOY_SESSION_S, LANGNGHE_FAILPOINT.
"""

import asyncio
import os
import signal
from collections.abc import Sequence
from typing import Any, ClassVar

import orjson
from faststream.kafka import KafkaBroker

from shared.contracts.events import Event
from shared.database import Connection, Database
from shared.messaging.batch import BatchRunner
from shared.messaging.consumer import Consumer
from shared.messaging.envelope import HeaderError, read_envelope, read_headers
from shared.messaging.received import Dead, Received, Verdict
from shared.messaging.topic_ids import TopicIds
from shared.outbox import Outgoing, announce
from shared.relay import Relay
from shared.telemetry import configure_logs

TABLE = "CREATE TABLE effects (key text, n bigint, PRIMARY KEY (key, n))"
GROUP = "langnghe.toy.toy.in"


class ToyHappened(Event):
    topic: ClassVar[str] = "toy.out"
    name: str
    n: int

    @property
    def key(self) -> str:
        return self.name


def parse(record: Any) -> Received[dict[str, Any]] | Dead:
    if not record.value:
        return Dead("tombstone")
    try:
        envelope = read_envelope(read_headers(record.headers))
        return Received(record.partition, record.offset, envelope, orjson.loads(record.value))
    except HeaderError as error:
        return Dead("bad_header", str(error))
    except orjson.JSONDecodeError:
        return Dead("invalid_body")


async def apply(tx: Connection, events: Sequence[Received[dict[str, Any]]]) -> Sequence[Verdict | Dead]:
    bad = sum(1 for e in events if e.event.get("poison"))
    await tx.execute("SELECT 1 / (1 - sign($1::int))", bad)
    wanted = sorted({(e.event["key"], e.event["n"]) for e in events})
    rows = await tx.fetch(
        "INSERT INTO effects SELECT * FROM unnest($1::text[], $2::bigint[]) "
        "ON CONFLICT DO NOTHING RETURNING key, n",
        [key for key, _ in wanted],
        [n for _, n in wanted],
    )
    fresh = {(row["key"], row["n"]) for row in rows}
    await announce(tx, "toy", [Outgoing(ToyHappened(name=key, n=n)) for key, n in sorted(fresh)])
    verdicts = []
    for e in events:
        effect = (e.event["key"], e.event["n"])
        verdicts.append(Verdict.FRESH if effect in fresh else Verdict.DUPLICATE)
        fresh.discard(effect)
    return verdicts


async def main() -> None:
    configure_logs("toy")
    database = Database(os.environ["TOY_DSN"], "toy")
    await database.open()
    bootstrap = os.environ["TOY_KAFKA"]
    runner = BatchRunner("toy", database, parse, apply)
    batch = int(os.environ.get("TOY_BATCH", "50"))
    consumer = Consumer(
        "toy",
        "toy.in",
        os.environ.get("TOY_GROUP", GROUP),
        runner,
        TopicIds(bootstrap),
        batch=batch,
        session_timeout_s=float(os.environ.get("TOY_SESSION_S", "30")),
    )
    broker = KafkaBroker(
        bootstrap, consumer_only=True, allow_auto_create_topics=False, apply_types=False, logger=None
    )
    consumer.subscribe(broker)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await broker.start()
    work = [asyncio.create_task(Relay(database, "toy", bootstrap).run())]
    work.append(asyncio.create_task(_tick(consumer)))
    await stop.wait()
    await broker.stop()
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)
    await database.close()


async def _tick(consumer: Consumer) -> None:
    while True:
        for step in (consumer.assignment.pass_holes, consumer.assignment.watch):
            try:
                await step()
            except Exception as error:
                print("tick", type(error).__name__, error, flush=True)
        await asyncio.sleep(0.5)


if __name__ == "__main__":
    asyncio.run(main())
