"""What a service itself would do with a record, put together as its `main.py` does it: for redrives."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from deploy.cli.place import database
from deploy.local.installation import Installation
from services.aggregation import consumer as aggregation
from services.intake import consumer as intake
from services.intake.domain.envelopes import open_bytes
from services.intake.domain.keys import Keys
from services.intake.places import Places
from services.intake.settings import Settings as IntakeSettings
from services.intake.sources import Sources
from services.intake.use_cases.take_records import TakeRecords
from services.notify import consumer as notify
from services.routing import consumer as routing
from services.routing.settings import Settings as RoutingSettings
from services.routing.use_cases.basis import BasisHolder
from shared.database import Database
from shared.map_store import MapHolder
from shared.messaging.batch import BatchRunner, Handler


@dataclass(frozen=True, slots=True)
class Owner:
    """A service's role in the database and its handlers by topic; `unseal` opens payloads that it sealed."""

    service: str
    database: Database
    handlers: dict[str, Handler]
    unseal: Callable[[bytes], bytes] | None = None

    def runner(self, topic: str) -> BatchRunner:
        """What settles records of the topic. KeyError if the service does not read it."""
        handler = self.handlers[topic]
        return BatchRunner(
            self.service, self.database, handler.parse, handler.apply, handler.seal, handler.keep
        )


@asynccontextmanager
async def owner(where: Installation, service: str) -> AsyncIterator[Owner]:
    """The service with its map, rules and keys as they are now; no topic is read."""
    async with database(where, service) as opened:
        units = MapHolder(opened)
        await units.refresh()
        match service:
            case "intake":
                yield _intake(where, opened, units)
            case "routing":
                settings = RoutingSettings.model_validate(told(where, service))
                basis = BasisHolder(units, settings.rules, settings.home_province, opened)
                await basis.refresh()
                yield Owner(service, opened, routing.handlers(basis))
            case "aggregation":
                yield Owner(service, opened, aggregation.handlers())
            case _:
                yield Owner(service, opened, notify.handlers(units))


def intake_keys(where: Installation) -> Keys:
    """Intake's keys: what opens its seals and knows its tracking codes."""
    return IntakeSettings.model_validate(told(where, "intake")).keys()


def told(where: Installation, service: str) -> dict[str, str]:
    """What the installation tells a service, by the names of its settings; the environment adds the rest."""
    prefix = f"LANGNGHE_{service.upper()}_"
    names = {name.removeprefix(prefix).lower(): value for name, value in where.environment(service).items()}
    names.pop("base_urls")  # JSON in the environment; links are for pages, which a command has not
    return names


def _intake(where: Installation, opened: Database, units: MapHolder) -> Owner:
    settings = IntakeSettings.model_validate(told(where, "intake"))
    keys = settings.keys()
    take = TakeRecords(keys, Sources(opened, keys.ring), Places(units, settings.home_province))
    return Owner(
        "intake",
        opened,
        intake.handlers(keys, take),
        lambda sealed: open_bytes(keys.ring, "dead-letter", sealed),
    )
