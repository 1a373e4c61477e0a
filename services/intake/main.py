"""Intake's process: `python -m services.intake.main`."""

from services.intake import api, pages
from services.intake.consumer import handlers
from services.intake.front import Front
from services.intake.micro_batch import MicroBatch
from services.intake.places import Places
from services.intake.settings import Settings
from services.intake.sources import Sources
from services.intake.use_cases.admit import Admit
from services.intake.use_cases.receipt import Receipts
from services.intake.use_cases.take_records import TakeRecords
from services.intake.use_cases.take_sheet import TakeSheet
from shared.service import Service
from shared.web import SecurityHeaders, mount_static


def main() -> None:
    """Wire intake and serve until told to stop."""
    settings = Settings()
    keys = settings.keys()
    service = Service("intake", settings)
    sources = Sources(service.database, keys.ring)
    places = Places(service.map, settings.home_province)
    admit = Admit(service.database, keys, places)
    batch = MicroBatch(
        admit, most=settings.gather, linger_s=settings.gather_ms / 1000, waiting=settings.waiting
    )
    receipts = Receipts(service.database, keys)
    sheets = TakeSheet(service.database, keys, admit)
    front = Front(settings, service.database, keys, sources, service.map, admit, batch, receipts, sheets)

    for topic, handler in handlers(keys, TakeRecords(keys, sources, places)).items():
        service.consume(topic, handler)
    api.mount(service.app, front)
    pages.mount(service.app, front)
    mount_static(service.app)
    service.app.add_middleware(SecurityHeaders)

    service.forever(batch.run)
    service.every(0.5, admit.flush)
    service.every(2.0, sources.refresh)
    service.health.checks["map"] = service.map.check_loaded
    service.health.checks["source_keys"] = sources.check_keys
    service.run()


if __name__ == "__main__":
    main()
