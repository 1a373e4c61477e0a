"""What an installation needs before anybody reports: the map, the registered sources, the recipients."""

import base64
from datetime import date, datetime

from deploy.cli.demo.posts import KEY_ID, SOURCES
from deploy.cli.demo.recipients import mail_recipients, webhook_recipient
from deploy.cli.place import database
from deploy.local.installation import Installation
from services.intake.domain.sealing import KekRing
from services.intake.use_cases.register_sources import Registration, register_sources
from services.notify.use_cases.load_recipients import load_recipients
from services.routing.rules.load import standard
from services.routing.use_cases.load_map import load_map
from shared.local_time import LOCAL
from shared.map_store import MapHolder
from shared.units import Unit, UnitMap

HOME = "24"
"""The home province's official code; the services' default."""


def today() -> date:
    """Today where the province is."""
    return datetime.now(LOCAL).date()


async def prepare_map(installation: Installation) -> UnitMap:
    """Load the committed map, and read back what was loaded."""
    async with database(installation, "routing") as routing:
        await load_map(routing)
        holder = MapHolder(routing)
        await holder.refresh()
        return holder.current


async def register(installation: Installation) -> None:
    """The demo's sources, with the keys of this run."""
    ring = KekRing({"kek-1": base64.b64decode(installation.secret("kek"))}, "kek-1")
    registrations = [Registration(s.id, s.name, {KEY_ID: s.key}, s.token) for s in SOURCES]
    async with database(installation, "intake") as intake, intake.transaction() as tx:
        await register_sources(tx, ring, registrations)


async def load_mailboxes(installation: Installation, units: UnitMap, webhook_url: str) -> int:
    """A mailbox for each body that can own a case, and the webhook; returns how many."""
    province = home_province(units)
    rows = [
        *mail_recipients(units, standard(), HOME, today()),
        webhook_recipient(province.id, webhook_url),
    ]
    async with database(installation, "notify") as notify:
        loaded = await load_recipients(notify, rows)
    if loaded.refused:
        raise ValueError(f"recipients were refused: {loaded.refused[:3]}")
    return loaded.changed


def home_province(units: UnitMap) -> Unit:
    """The province that this installation serves, as it is today."""
    province = units.by_code(HOME, today(), "province")
    if province is None:
        raise LookupError(f"no province {HOME} on the map")
    return province
