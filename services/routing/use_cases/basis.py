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
from services.routing.rules import RulesError, files_of, parse
from services.routing.store import rules as store
from shared.database import Database, Postponed
from shared.map_store import MapHolder
from shared.telemetry import NotReady
from shared.units import UnitMap

log = structlog.get_logger()


class BasisHolder:
    """This process's basis: made anew, in a thread, when the map or a rule file changes.

    Rule files that do not pass their checks are refused with file, line and reason; the running rules stay.
    With a `database` nothing is decided by a version of the rules before its text is kept there.
    """

    def __init__(
        self, units: MapHolder, folder: Path, home_province: str, database: Database | None = None
    ) -> None:
        self._units = units
        self._folder = folder
        self._home = home_province
        self._database = database
        self._basis: Basis | None = None
        self._stamp = self._files()
        self._text, self._rules = _read(folder)
        self._kept: str | None = None

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
                self._text, self._rules = await asyncio.to_thread(_read, self._folder)
                RULES_REFUSED.set(0)
            except RulesError as error:
                RULES_REFUSED.set(1)
                log.error("rules.refused", problem=str(error), running=self._rules.version)
        units, basis = self._units.current, self._basis
        if not units.version:
            return
        if basis is None or basis.units.version != units.version or basis.rules is not self._rules:
            await self._keep()
            self._basis = await asyncio.to_thread(make, self._rules, units, self._home)
            gc.freeze()
            log.info("basis.made", map_version=units.version, rules=self._rules.version)

    async def _keep(self) -> None:
        """Keep the text of the rules: a case of years ago must be explained by what decided it then."""
        if self._database is None or self._kept == self._rules.version:
            return
        async with self._database.transaction() as tx:
            await store.keep(tx, self._rules.version, self._text)
        self._kept = self._rules.version

    async def check_made(self) -> None:
        """A health check: raises NotReady before the first basis is there."""
        if self._basis is None:
            raise NotReady("the map is not loaded")

    def _files(self) -> tuple[tuple[str, int], ...]:
        return tuple(sorted((p.name, p.stat().st_mtime_ns) for p in self._folder.glob("*.toml")))


def make(rules: Rules, units: UnitMap, home: str) -> Basis:
    """The basis of rules and a map, with the committed model and outlines (seconds)."""
    return Basis.of(rules, units, _years(), home, model=model.standard(), outlines=boundaries.standard())


def _read(folder: Path) -> tuple[dict[str, bytes], Rules]:
    text = files_of(folder)
    return text, parse(text)


def _years() -> range:
    return range(2024, datetime.now(UTC).year + 3)
