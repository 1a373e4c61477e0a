"""What the doors of HTTP share: one object, made in main.py and handed to the routes."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from services.intake.domain.candidate import Candidate, Outcome
from services.intake.domain.keys import Keys
from services.intake.domain.rate import RateLimit
from services.intake.domain.source import Source
from services.intake.domain.submission import PUBLIC_CHANNELS, Door
from services.intake.domain.tracking import tracking_code
from services.intake.micro_batch import MicroBatch
from services.intake.settings import Settings
from services.intake.sources import Sources
from services.intake.use_cases.admit import Admit
from services.intake.use_cases.receipt import Receipts
from services.intake.use_cases.take_sheet import TakeSheet
from shared.database import Database
from shared.map_store import MapHolder
from shared.web.catalogue import BASE_TEXTS, Catalogue

TEXTS = Path(__file__).parent / "texts"
PUBLIC_DOOR = Door(trusts_submitted_at=False, channels=PUBLIC_CHANNELS, default_channel="web")


@dataclass(frozen=True, slots=True)
class Front:
    """The HTTP doors' common ground."""

    settings: Settings
    database: Database
    keys: Keys
    sources: Sources
    map: MapHolder
    admit: Admit
    batch: "MicroBatch[Candidate, Outcome]"
    receipts: Receipts
    take_sheet: TakeSheet
    rates: RateLimit = field(default_factory=RateLimit)
    texts: Catalogue = field(default_factory=lambda: Catalogue.load(BASE_TEXTS, TEXTS))

    def code(self, report_id: UUID) -> str:
        """The tracking code of a report, canonical."""
        return tracking_code(self.keys.tracking, report_id)

    def may_come(self, client: str, source: Source | None) -> bool:
        """Whether this client is within its limit of requests a minute."""
        limit = source.quota_per_minute if source else self.settings.requests_per_minute
        return self.rates.allows(source.id if source else client, limit, time.monotonic())
