"""The rules and the map that decisions rest on, kept current."""

import asyncio
import gc
from datetime import UTC, datetime
from pathlib import Path

import structlog

from services.routing import boundaries, model
from services.routing.domain.basis import Basis
from services.routing.domain.ruleset import Rules
from services.routing.metrics import RULES_REFUSED
from services.routing.rules import RulesError, load
from shared.database import Postponed
from shared.map_store import MapHolder
from shared.telemetry import NotReady

log = structlog.get_logger()


class BasisHolder:
    """This process's basis: made anew, in a thread, when the map or a rule file changes.

    Rule files that do not pass their checks are refused with file, place and reason; the running rules stay.
    """

    def __init__(self, units: MapHolder, folder: Path, home_province: str) -> None:
        self._units = units
        self._folder = folder
        self._home = home_province
        self._basis: Basis | None = None
        self._rules: Rules = load(folder)
        self._stamp = self._files()

    @property
    def current(self) -> Basis:
        """Raises Postponed while there is no map: nothing may be decided without one."""
        if self._basis is None:
            raise Postponed("the map is not loaded")
        return self._basis

    @property
    def made(self) -> Basis | None:
        """As `current`, for who only shows things: None while there is no map."""
        return self._basis

    async def refresh(self) -> None:
        """Look at the rule files and at the map's version."""
        stamp = self._files()
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._rules = await asyncio.to_thread(load, self._folder)
                RULES_REFUSED.set(0)
            except RulesError as error:
                RULES_REFUSED.set(1)
                log.error("rules.refused", problem=str(error), running=self._rules.version)
        units, basis = self._units.current, self._basis
        if not units.version:
            return
        if basis is None or basis.units.version != units.version or basis.rules is not self._rules:
            self._basis = await asyncio.to_thread(
                Basis.of,
                self._rules,
                units,
                _years(),
                self._home,
                model=model.standard(),
                outlines=boundaries.standard(),
            )
            gc.freeze()
            log.info("basis.made", map_version=units.version, rules=self._rules.version)

    async def check_made(self) -> None:
        """A health check: raises NotReady before the first basis is there."""
        if self._basis is None:
            raise NotReady("the map is not loaded")

    def _files(self) -> tuple[tuple[str, int], ...]:
        return tuple(sorted((p.name, p.stat().st_mtime_ns) for p in self._folder.glob("*.toml")))


def _years() -> range:
    return range(2024, datetime.now(UTC).year + 3)
