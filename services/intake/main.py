"""Intake's process: `python -m services.intake.main`."""

from services.intake.consumer import consume
from services.intake.places import Places
from services.intake.settings import Settings
from services.intake.sources import Sources
from services.intake.use_cases.take_records import TakeRecords
from shared.service import Service


def main() -> None:
    """Wire intake and serve until told to stop."""
    settings = Settings()
    keys = settings.keys()
    service = Service("intake", settings)
    sources = Sources(service.database, keys.ring)
    places = Places(service.map, settings.home_province)

    consume(service, keys, TakeRecords(keys, sources, places))
    service.every(2.0, sources.refresh)
    service.health.checks["map"] = service.map.check_loaded
    service.run()


if __name__ == "__main__":
    main()
