"""Wiring of notify: `python -m services.notify.main`."""

from datetime import timedelta

from services.notify import api, consumer, pages
from services.notify.domain.retry import RetryPolicy
from services.notify.problems import PROBLEMS
from services.notify.senders.email import EmailSender, EmailSettings
from services.notify.senders.webhook import WebhookSender
from services.notify.settings import NotifySettings
from services.notify.use_cases.compose import Composer
from services.notify.use_cases.dispatch import Dispatcher, Lane
from services.notify.use_cases.parcels import ParcelMaker
from shared.service import Service
from shared.web import SecurityHeaders, mount_static, officer_nav
from shared.web.loopback import LoopbackOnly, is_probe


def main() -> None:
    """Run the service until it is told to stop."""
    settings = NotifySettings()
    service = Service("notify", settings)
    service.health.checks["map"] = service.map.check_loaded
    for topic, handler in consumer.handlers(service.map).items():
        service.consume(topic, handler)

    composer = Composer(service.database, timedelta(seconds=settings.digest_s), settings.flood_limit)
    service.every(0.25, composer.tick)
    dispatcher = Dispatcher(
        service.database,
        lanes(settings),
        ParcelMaker(lambda: service.map.current, settings.base_urls.get("routing", "")),
        RetryPolicy(settings.retry_base_s, settings.retry_cap_s, settings.max_attempts),
        timedelta(seconds=settings.lease_s),
    )
    service.forever(dispatcher.run)
    service.every(5, dispatcher.observe)

    service.app.include_router(api.router(service))
    service.app.include_router(pages.router(service))
    others = {name: url for name, url in settings.base_urls.items() if name != "notify"}
    PROBLEMS.install(service.app, "notify", officer_nav(others))
    mount_static(service.app)
    service.app.add_middleware(SecurityHeaders)
    service.app.add_middleware(LoopbackOnly, public=is_probe)
    service.run()


def lanes(settings: NotifySettings) -> dict[str, Lane]:
    """The channels, each with its own bound, so that slow webhooks do not hold up mail."""
    password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
    email = EmailSender(
        EmailSettings(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_tls,
            settings.mail_from,
            settings.smtp_timeout_s,
            settings.smtp_user,
            password,
        )
    )
    webhook = WebhookSender(
        settings.webhook_key.get_secret_value(),
        allowed=settings.webhook_allow,
        timeout_s=settings.webhook_timeout_s,
    )
    return {"email": Lane(email, settings.email_senders), "webhook": Lane(webhook, settings.webhook_senders)}


if __name__ == "__main__":
    main()
