"""A service's process: HTTP, consumers, relay and background work, started and stopped in order.

It starts without Kafka and without PostgreSQL, waits for them, and says so in `/readyz`. It refuses to start
when a topic that it needs is missing or differs in what matters.
"""

import asyncio
import contextlib
import gc
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI
from faststream.kafka import KafkaBroker
from kafka import KafkaAdminClient

from shared.contracts.topics import TOPICS, consumed_by, group_of
from shared.database import Database
from shared.map_store import MapHolder
from shared.messaging.batch import BatchRunner, Handler
from shared.messaging.consumer import Consumer
from shared.messaging.topic_ids import TopicIds
from shared.messaging.topics_admin import plan
from shared.relay import Relay
from shared.settings import CommonSettings
from shared.telemetry import Health, NotReady, configure_logs
from shared.telemetry.metrics import MAP_VERSION
from shared.telemetry.waiting import WaitingGauges

log = structlog.get_logger()

# A batch makes thousands of short-lived objects and hardly a cycle; at the default of 700 the collector walks
# each batch dozens of times, a tenth (intake) to a third (aggregation) of the work.
_GC_THRESHOLDS = (100_000, 20, 20)

Work = Callable[[], Awaitable[None]]


class Service:
    """One process of one service, holding all its roles (HTTP, consumers, relay)."""

    def __init__(self, name: str, settings: CommonSettings) -> None:
        self.name = name
        self.settings = settings
        self.database = Database(settings.database_dsn.get_secret_value(), name)
        self.map = MapHolder(self.database)
        self.health = Health(name, {"postgres": self.database.ping, "kafka": self._kafka_answers})
        self.app = FastAPI(title=f"Lắng Nghe: {name}", lifespan=self._lifespan, docs_url=None, redoc_url=None)
        self.app.include_router(self.health.router())
        self._topic_ids = TopicIds(settings.kafka_bootstrap)
        self._consumers: list[Consumer] = []
        self._periodic: list[tuple[Work, float, float]] = [
            (self.map.refresh, 1.0, 1.0),
            (WaitingGauges(name, self.database), 5.0, 1.0),
        ]
        MAP_VERSION.labels(name).set_function(lambda: self.map.current.version)
        self._forever: list[Work] = []
        self._broker: KafkaBroker | None = None
        self._server: uvicorn.Server | None = None
        self._stopping = False
        self._problem: str | None = None

    # what a service's main.py says ------------------------------------------------------------------------

    def consume(self, topic: str, handler: Handler) -> None:
        """Read a topic: the handler makes the effects of a batch in the batch's transaction."""
        runner = BatchRunner(
            self.name, self.database, handler.parse, handler.apply, handler.seal, handler.keep
        )
        group = group_of(self.name, topic)
        settings = self.settings
        self._consumers.append(
            Consumer(
                self.name,
                topic,
                group,
                runner,
                self._topic_ids,
                batch=settings.batch,
                session_timeout_s=settings.session_timeout_s,
            )
        )

    def every(self, seconds: float, work: Work, *, share: float = 1.0) -> None:
        """Do `work` again and again, `seconds` after it last ended; an error is logged and it goes on.

        It rests for longer where it would else take more than `share` (0..1) of the time.
        """
        self._periodic.append((work, seconds, share))

    def forever(self, work: Work) -> None:
        """Run `work`, which ends only when cancelled; if it ends all the same, the process does."""
        self._forever.append(work)

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT.

        Exits with 1 and a clear message when topics are not as needed or work that is never done has ended.
        """
        configure_logs(self.name, self.settings.log_level)
        gc.set_threshold(*_GC_THRESHOLDS)
        self.forever(Relay(self.database, self.name, self.settings.kafka_bootstrap).run)
        config = uvicorn.Config(
            self.app,
            host=self.settings.host,
            port=self.settings.port,
            loop="uvloop",
            http="httptools",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=10,
            server_header=False,
        )
        self._server = uvicorn.Server(config)
        self._server.run()
        if self._problem:
            raise SystemExit(f"{self.name} {self._problem}")

    # start and stop ---------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def _lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        await self.database.open()
        gc.freeze()
        consuming = self._start(self._start_consumers(), "consumers")
        tasks = [self._start(self._repeat(*periodic), _name(periodic[0])) for periodic in self._periodic]
        tasks += [self._start(_run(work), _name(work)) for work in self._forever]
        tasks.append(self._start(self._repeat(self.health.look, 1.0), "health"))
        try:
            yield
        finally:
            self._stopping = True
            # First: it would start a broker anew that stops before it has started.
            consuming.cancel()
            await asyncio.gather(consuming, return_exceptions=True)
            await self._stop_broker()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._topic_ids.close()
            await self.database.close()

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._on_end)
        return task

    def _on_end(self, task: asyncio.Task[None]) -> None:
        """Work that is never done has ended: without it we would look well and do nothing."""
        if self._stopping or self._problem:
            return
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        how = "returned" if error is None else type(error).__name__
        frames = traceback.extract_tb(error.__traceback__ if error else None)
        where = f"{frames[-1].name}:{frames[-1].lineno}" if frames else ""
        log.critical("service.work_ended", work=task.get_name(), error=how, where=where)
        self._exit(f"stops: {task.get_name()} has ended ({how})")

    def _exit(self, problem: str) -> None:
        """Stop in order; whoever watches over us starts us anew."""
        self._problem = problem
        if self._server:
            self._server.should_exit = True

    async def _start_consumers(self) -> None:
        while True:
            try:
                await self._check_topics()
                await self._start_broker()
                break
            except TopicsNotAsNeeded as error:
                log.critical("service.refused", problem=str(error))
                self._exit(f"refuses to start: {error}")
                return
            except Exception as error:
                log.warning("service.waiting_for_kafka", error=type(error).__name__)
                await self._stop_broker()
                await asyncio.sleep(1)
        await asyncio.gather(
            *(self._repeat(c.assignment.pass_holes, 0.5) for c in self._consumers),
            *(self._repeat(c.assignment.watch, 2.0) for c in self._consumers),
        )

    async def _start_broker(self) -> None:
        self._broker = KafkaBroker(
            self.settings.kafka_bootstrap,
            client_id=f"langnghe-{self.name}",
            consumer_only=True,
            allow_auto_create_topics=False,
            apply_types=False,
            graceful_timeout=10,
            logger=None,
        )
        for consumer in self._consumers:
            consumer.subscribe(self._broker)
        await self._broker.start()

    async def _stop_broker(self) -> None:
        broker, self._broker = self._broker, None
        for consumer in self._consumers:
            await consumer.assignment.close()
        if broker is not None:
            try:
                await asyncio.wait_for(broker.stop(), 15)
            except Exception as error:
                log.warning("service.broker_stop", error=type(error).__name__)

    async def _check_topics(self) -> None:
        needed = [*consumed_by(self.name), *(t for t in TOPICS.values() if self.name in t.producers)]

        def differences() -> list[str]:
            admin = KafkaAdminClient(
                bootstrap_servers=self.settings.kafka_bootstrap, client_id=f"langnghe-{self.name}-check"
            )
            try:
                return [str(d) for d in plan(admin, needed) if d.matters]
            finally:
                admin.close()

        found = await asyncio.to_thread(differences)
        if found:
            raise TopicsNotAsNeeded("; ".join(found) + " (run: langnghe topics apply)")

    # health -----------------------------------------------------------------------------------------------

    async def _kafka_answers(self) -> None:
        if self._broker is None:
            raise NotReady("not connected yet")
        for consumer in self._consumers:
            async with asyncio.timeout(2):
                kafka = consumer.assignment.kafka
                if not await kafka._client.force_metadata_update():
                    raise NotReady("no answer from the broker")
                if not consumer.assignment.attached:
                    raise NotReady(f"partitions of {consumer.assignment.topic} are not attached")

    async def _repeat(self, work: Work, pause: float, share: float = 1.0) -> None:
        while True:
            began = time.monotonic()
            try:
                await work()
            except Exception as error:
                log.warning("service.periodic_failed", work=_name(work), error=type(error).__name__)
            took = time.monotonic() - began
            await asyncio.sleep(max(pause, took / share - took))


class TopicsNotAsNeeded(Exception):
    """A topic is missing or differs in what matters; the message says which and how to mend it."""


async def _run(work: Work) -> None:
    await work()


def _name(work: Work) -> str:
    return getattr(work, "__qualname__", type(work).__name__)
