"""Wiring of notify: `python -m services.notify.main`."""

from services.notify import consumer
from services.notify.settings import NotifySettings
from shared.service import Service
from shared.web.loopback import LoopbackOnly


def main() -> None:
    """Run the service until it is told to stop."""
    settings = NotifySettings()  # type: ignore[call-arg]
    service = Service("notify", settings)
    service.health.checks["map"] = service.map.check_loaded
    consumer.subscribe(service)
    service.app.add_middleware(LoopbackOnly)
    service.run()


if __name__ == "__main__":
    main()
