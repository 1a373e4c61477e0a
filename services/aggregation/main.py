"""The aggregation service's process: `python -m services.aggregation.main`."""

from services.aggregation.consumer import subscribe
from services.aggregation.settings import Settings
from shared.service import Service


def main() -> None:
    """Read the settings, wire, serve."""
    settings = Settings()
    service = Service("aggregation", settings)
    subscribe(service)
    service.run()


if __name__ == "__main__":
    main()
