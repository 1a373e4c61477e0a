"""`langnghe topics`: the table of topics against the live cluster."""

from typing import TYPE_CHECKING, Annotated

import typer

from deploy.cli.output import Json, print_json, print_table, say
from deploy.cli.problems import Problem

if TYPE_CHECKING:
    from deploy.local.installation import Installation
    from shared.messaging.topics_admin import Difference

_OUTBOXES = "SELECT count(*) FROM {}.outbox WHERE topic = $1"


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The table of topics against the live cluster.", no_args_is_help=True)
    group.command("plan")(plan)
    group.command("apply")(apply)
    app.add_typer(group, name="topics")


def plan(json: Json = False) -> None:
    """Show in what the cluster differs from the table; change nothing. Exits with 1 if a service would refuse
    to start."""
    from kafka import KafkaAdminClient

    from deploy.cli.place import installation
    from shared.contracts.topics import TOPICS
    from shared.messaging import topics_admin

    admin = KafkaAdminClient(bootstrap_servers=installation().bootstrap, client_id="langnghe-topics")
    try:
        found = topics_admin.plan(admin, TOPICS.values())
    finally:
        admin.close()
    _print(found, json=json, none="every topic is as the table says")
    raise typer.Exit(1 if any(difference.matters for difference in found) else 0)


def apply(
    replication: Annotated[int, typer.Option(min=1, help="Copies of a topic that is made.")] = 1,
    json: Json = False,
) -> None:
    """Make the cluster as the table says, and show what was changed.

    Refused: fewer partitions; and more partitions of a keyed topic while an outbox or a group still has
    events of it, since a key would move to another partition and overtake itself.
    """
    from kafka import KafkaAdminClient

    from deploy.cli.place import installation, run
    from shared.contracts.topics import TOPICS
    from shared.messaging import topics_admin

    where = installation()
    admin = KafkaAdminClient(bootstrap_servers=where.bootstrap, client_id="langnghe-topics")
    try:
        found = topics_admin.apply(
            admin,
            TOPICS.values(),
            drained=lambda topic: run(drained(where, topic)),
            replication=replication,
        )
    except topics_admin.TopicsRefused as error:
        raise Problem(f"refused: {error}") from error
    finally:
        admin.close()
    _print(found, json=json, none="nothing to change")


async def drained(where: "Installation", topic: str) -> bool:
    """Whether nothing of the topic is on its way: no row in its writers' outboxes, no reader behind."""
    from deploy.cli.lag import lags
    from deploy.cli.place import reader
    from shared.contracts.topics import TOPICS
    from shared.migrations import SERVICES

    async with reader(where) as connection:
        for writer in set(TOPICS[topic].producers) & set(SERVICES):
            if await connection.fetchval(_OUTBOXES.format(writer), topic):
                return False
        return not any(x.behind for x in await lags(connection, where.bootstrap) if x.topic == topic)


def _print(found: "list[Difference]", *, json: bool, none: str) -> None:
    if json:
        print_json(
            [
                {
                    "topic": d.topic,
                    "setting": d.setting or None,
                    "wanted": d.wanted,
                    "found": d.found,
                    "matters": d.matters,
                }
                for d in found
            ]
        )
    elif found:
        print_table(
            ("topic", "setting", "wanted", "found", "services refuse"),
            ((d.topic, d.setting or "(the topic)", d.wanted, d.found, _yes(d.matters)) for d in found),
            empty="",
        )
    else:
        say(none)


def _yes(matters: bool) -> str:
    return "yes" if matters else ""
