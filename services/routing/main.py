"""Routing's process: `python -m services.routing.main`."""

from services.routing import api, pages
from services.routing.consumer import handlers
from services.routing.problems import PROBLEMS
from services.routing.settings import Settings
from services.routing.use_cases.act_on_cases import CloseUnopposed
from services.routing.use_cases.basis import BasisHolder
from services.routing.use_cases.escalate import Escalator, Overdue
from services.routing.use_cases.follow_calendar import FollowCalendar
from services.routing.use_cases.link_reports import LinkReports
from services.routing.use_cases.move_cases import MoveCases
from services.routing.use_cases.seal_days import Sealer
from services.routing.use_cases.sweep import Sweeper
from shared.service import Service
from shared.web import SecurityHeaders, mount_static, officer_nav
from shared.web.loopback import LoopbackOnly, is_probe
from shared.web.same_origin import SameOriginWrites


def main() -> None:
    """Run the service until it is told to stop."""
    settings = Settings()
    service = Service("routing", settings)
    basis = BasisHolder(service.map, settings.rules, settings.home_province, service.database)
    service.health.checks["map"] = basis.check_made
    service.every(0.5, basis.refresh)
    service.every(600.0, Sealer(service.database))
    service.every(5.0, Escalator(service.database, basis))
    service.every(30.0, Overdue(service.database), share=0.05)
    service.every(5.0, Sweeper(service.database, basis, settings.parked_alarm_s))
    service.every(2.0, MoveCases(service.database, basis))
    if settings.link_every_s:
        service.every(settings.link_every_s, LinkReports(service.database, basis), share=0.3)
    service.every(5.0, FollowCalendar(service.database, basis))
    service.every(30.0, CloseUnopposed(service.database, basis))
    for topic, handler in handlers(basis).items():
        service.consume(topic, handler)
    service.app.include_router(api.router(service, basis))
    service.app.include_router(pages.router(service, basis))
    others = {name: url for name, url in settings.base_urls.items() if name != "routing"}
    PROBLEMS.install(service.app, "routing", officer_nav(others))
    mount_static(service.app)
    service.app.add_middleware(SameOriginWrites)
    service.app.add_middleware(SecurityHeaders)
    service.app.add_middleware(LoopbackOnly, public=is_probe)
    service.run()


if __name__ == "__main__":
    main()
