"""The periodic look for parked commands: how long the oldest has waited, and those whose case has come."""

import structlog

from services.routing.metrics import PARKED, PARKED_AGE
from services.routing.store import commands
from services.routing.use_cases.basis import BasisHolder
from services.routing.use_cases.decide_reports import sweep_parked
from shared.database import Database

log = structlog.get_logger()


class Sweeper:
    """Called again and again; `alarm_s`: a command that waits for longer is logged as an error, each time."""

    def __init__(self, database: Database, basis: BasisHolder, alarm_s: float) -> None:
        self._database = database
        self._basis = basis
        self._alarm_s = alarm_s

    async def __call__(self) -> None:
        """Measure, and carry out what can be."""
        async with self._database.transaction() as tx:
            parked, waited = await commands.waiting(tx)
            PARKED.set(parked)
            PARKED_AGE.set(waited)
            if parked:
                await sweep_parked(tx, self._basis.current)
        if waited > self._alarm_s:
            log.error("commands.parked_for_long", commands=parked, oldest_s=round(waited))
