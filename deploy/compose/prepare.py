"""Before the services start: roles and schemas, migrations, topics, the map. Harmless when repeated.

`python -m deploy.compose.prepare` reads `LANGNGHE_ADMIN_DSN`, `LANGNGHE_READER_PASSWORD`,
`LANGNGHE_KAFKA_BOOTSTRAP`, and each service's `LANGNGHE_<SERVICE>_DATABASE_DSN`.
"""

import asyncio
import os
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from kafka import KafkaAdminClient

from services.routing.use_cases.load_map import load_map
from shared.contracts.topics import TOPICS
from shared.database import Database
from shared.messaging.topics_admin import apply
from shared.migrations import SERVICES, migrate, provision


def prepare(environment: Mapping[str, str]) -> None:
    """Bring an installation to what this version needs. Raises KeyError naming a variable that is missing."""
    dsns = {service: environment[f"LANGNGHE_{service.upper()}_DATABASE_DSN"] for service in SERVICES}
    passwords = {service: unquote(urlsplit(dsn).password or "") for service, dsn in dsns.items()}
    passwords["reader"] = environment["LANGNGHE_READER_PASSWORD"]
    provision(environment["LANGNGHE_ADMIN_DSN"], passwords)
    for service, dsn in dsns.items():
        migrate(service, dsn)
    admin = KafkaAdminClient(
        bootstrap_servers=environment["LANGNGHE_KAFKA_BOOTSTRAP"], client_id="langnghe-prepare"
    )
    try:
        # Partitions of a topic that is in use are not changed from here.
        apply(admin, TOPICS.values(), drained=lambda _topic: False)
    finally:
        admin.close()
    asyncio.run(_load_map(dsns["routing"]))


async def _load_map(dsn: str) -> None:
    database = Database(dsn, "routing")
    await database.open()
    try:
        await load_map(database)
    finally:
        await database.close()


if __name__ == "__main__":
    prepare(os.environ)
