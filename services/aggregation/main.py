"""The aggregation service's process: `python -m services.aggregation.main`."""

from services.aggregation.api import router
from services.aggregation.consumer import handlers
from services.aggregation.domain.surge import Detector
from services.aggregation.pages import pages
from services.aggregation.problems import PROBLEMS
from services.aggregation.reader import Reader
from services.aggregation.settings import Settings
from services.aggregation.use_cases.roll_up import RollUp
from services.aggregation.use_cases.warn import Warn
from shared.service import Service
from shared.web import SecurityHeaders, mount_static, officer_nav
from shared.web.loopback import LoopbackOnly, is_probe


def main() -> None:
    """Read the settings, wire, serve."""
    settings = Settings()
    service = Service("aggregation", settings)
    service.health.checks["map"] = service.map.check_loaded
    for topic, handler in handlers().items():
        service.consume(topic, handler)

    detector = Detector(minimum=settings.warn_minimum)
    roll_up = RollUp(service.database, service.map, settings.rollup_shards)
    service.every(settings.rollup_every_s, roll_up, share=settings.rollup_share)
    service.every(
        settings.warn_every_s,
        Warn(service.database, service.map, settings.home_province, detector, settings.warn_days),
    )

    reader = Reader(service.database, service.map, settings)
    service.app.include_router(router(reader))
    service.app.include_router(pages(reader))
    PROBLEMS.install(service.app, "aggregation", officer_nav(settings.base_urls))
    mount_static(service.app)
    service.app.add_middleware(SecurityHeaders)
    service.app.add_middleware(LoopbackOnly, public=is_probe)
    service.run()


if __name__ == "__main__":
    main()
