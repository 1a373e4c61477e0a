"""`langnghe positions` and `langnghe lag`: where every group stands, and how far it is behind."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli.output import Json, print_json, print_table, say
from deploy.cli.problems import Problem

if TYPE_CHECKING:
    from deploy.cli.lag import Lag
    from deploy.local.installation import Installation

_COUNTERS = ("started_at", "next_offset", "consumed", "fresh", "duplicate", "dead", "holes", "gap")


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Where every consumer group stands, with its counters.")
    group.callback(invoke_without_command=True)(positions)
    group.command("accept-gap")(accept_gap)
    app.add_typer(group, name="positions")
    app.command("lag")(lag)


def positions(context: typer.Context, json: Json = False) -> None:
    """List every position: offsets as PostgreSQL holds them, and what became of the records."""
    if context.invoked_subcommand:
        return
    from deploy.cli.place import installation, run

    rows = run(_positions(installation()))
    if json:
        print_json(rows)
        return
    print_table(
        ("group", "topic", "partition", *_COUNTERS, "moved"),
        (
            (r["consumer_group"], r["topic"], r["partition"], *(r[c] for c in _COUNTERS), r["updated_at"])
            for r in rows
        ),
        empty="no group has begun to read",
    )


def lag(json: Json = False) -> None:
    """Show how many offsets each group has not settled yet, by partition."""
    from deploy.cli.lag import lags
    from deploy.cli.place import installation, reader, run

    async def look(where: "Installation") -> "list[Lag]":
        async with reader(where) as connection:
            return await lags(connection, where.bootstrap)

    found = run(look(installation()))
    if json:
        print_json([{**asdict(x), "behind": x.behind} for x in found])
        return
    print_table(
        ("group", "topic", "partition", "position", "end", "behind"),
        ((x.group, x.topic, x.partition, _or_dash(x.position), x.end, x.behind) for x in found),
        empty="no topic exists (make them: langnghe topics apply)",
    )
    say(f"behind in all: {sum(x.behind for x in found)}")


def accept_gap(
    group: Annotated[str, typer.Argument(help="The group, as `positions` lists it.")],
    topic: Annotated[str, typer.Argument()],
    partition: Annotated[int, typer.Argument(min=0)],
    to: Annotated[int, typer.Option(min=1, help="The first offset to read again.")],
    by: Annotated[str, typer.Option(help="Who accepts the loss; kept for ever.")],
) -> None:
    """Give up the records before an offset, on the record: retention took them before they were read.

    The partition's alarm ends, and reading goes on from there.
    """
    from deploy.cli.place import installation, run

    if not by.strip():
        raise typer.BadParameter("--by must say who")
    stood = run(_accept(installation(), group, topic, partition, to=to, by=by))
    say(f"{group} {topic}[{partition}] stood at {stood}, now at {to}: {to - stood} offsets given up by {by}")


async def _positions(where: "Installation") -> list[dict[str, Any]]:
    from deploy.cli.place import reader
    from shared.migrations import SERVICES

    every = " UNION ALL ".join(f"SELECT * FROM {service}.positions" for service in SERVICES)  # noqa: S608
    query = f"SELECT * FROM ({every}) AS p ORDER BY consumer_group, updated_at, partition"  # noqa: S608
    async with reader(where) as connection:
        return [dict(row) for row in await connection.fetch(query)]


async def _accept(where: "Installation", group: str, topic: str, partition: int, *, to: int, by: str) -> int:
    import asyncio

    from deploy.cli.lag import read_logs
    from deploy.cli.place import database
    from shared.contracts.topics import consumed_by, group_of
    from shared.messaging.positions import Stream, accept_gap
    from shared.migrations import SERVICES

    readers = {group_of(s, spec.name): (s, spec.name) for s in SERVICES for spec in consumed_by(s)}
    service, its_topic = readers.get(group, ("", ""))
    if its_topic != topic:
        raise Problem(f"no group {group} reads {topic}; langnghe positions lists them")
    log = (await asyncio.to_thread(read_logs, where.bootstrap)).get(topic)
    if log is None or partition not in log.partitions:
        raise Problem(f"{topic} has no partition {partition}")
    _, end = log.partitions[partition]
    if to > end:
        raise Problem(f"{topic}[{partition}] ends at {end}: {to} lies beyond it")
    async with database(where, service) as opened, opened.transaction() as tx:
        stood = await accept_gap(tx, Stream(group, topic, log.topic_id), partition, to, by)
    if stood is None:
        raise Problem(f"{group} is not before {to} on {topic}[{partition}]; nothing was changed")
    return stood


def _or_dash(position: int | None) -> str:
    return "-" if position is None else str(position)
