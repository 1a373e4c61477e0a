"""`langnghe bench`: measure on this machine what is promised, and only where the invariants held."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli.output import say

if TYPE_CHECKING:
    from deploy.cli.bench.ground import Ground


class Part(StrEnum):
    """What can be measured by itself."""

    E2E = "e2e"
    STAGES = "stages"
    YARDSTICKS = "yardsticks"
    HTTP = "http"


Reports = Annotated[int, typer.Option(min=1_000, help="How many reports, end to end and through each stage.")]
Only = Annotated[list[Part] | None, typer.Option(help="Only this part; may be repeated.")]
Seconds = Annotated[
    float, typer.Option(min=0, help="Then feed at half the rate for so long, for the slope of the memory.")
]
Door = Annotated[float, typer.Option(min=1, help="Seconds at each load of the HTTP door.")]
Into = Annotated[Path | None, typer.Option("--json", help="Write the figures there.", dir_okay=False)]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("bench")(bench)


def bench(
    reports: Reports = 100_000,
    only: Only = None,
    seconds: Seconds = 0.0,
    http_seconds: Door = 20.0,
    json: Into = None,
) -> None:
    """Measure stages, the whole way, the HTTP door, and what the bare machine gives.

    Starts servers and services of its own in a temporary folder; needs some 1.5 GB of memory and, for
    100,000 reports, a few minutes on a quiet machine. Durability is on: fsync, synchronous_commit,
    full_page_writes, acks=all, read_committed. Exits with 1 if an invariant did not hold: then there is no
    figure.
    """
    import asyncio

    import orjson

    from deploy.cli.bench.end_to_end import Broken
    from deploy.cli.bench.table import show

    wanted = set(only or Part)
    try:
        found = asyncio.run(_measure(wanted, reports, seconds, http_seconds))
    except (Broken, TimeoutError) as error:
        say(f"No figure counts: {error}")
        raise typer.Exit(1) from error
    if json:
        json.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2))
    show(found)


async def _measure(wanted: set[Part], reports: int, seconds: float, http_seconds: float) -> dict[str, Any]:
    from deploy.cli.bench import machine
    from deploy.cli.bench.http_door import POSTGRES

    found: dict[str, Any] = {"machine": machine.described()}

    async def on(name: str, work: Callable[["Ground"], Awaitable[dict[str, Any]]], **settings: str) -> None:
        from deploy.cli.bench.ground import ground

        say(f"Measuring: {name}")
        async with ground(settings) as made:
            found.update(await work(made))

    if Part.E2E in wanted:
        await on("end to end", lambda made: _end_to_end(made, reports, seconds))
    if wanted & {Part.STAGES, Part.YARDSTICKS}:
        await on(
            "each stage alone", lambda made: _stages(made, reports, yardsticks=Part.YARDSTICKS in wanted)
        )
    if Part.HTTP in wanted:
        await on("the HTTP door", lambda made: _door(made, http_seconds), **POSTGRES)
    return found


async def _end_to_end(ground: "Ground", reports: int, seconds: float) -> dict[str, Any]:
    from deploy.cli.bench.end_to_end import end_to_end, steady

    found = {"end_to_end": await end_to_end(ground, reports)}
    if seconds:
        found["steady"] = await steady(ground, seconds, found["end_to_end"]["rate_per_s"] / 2)
    return found


async def _stages(ground: "Ground", reports: int, *, yardsticks: bool) -> dict[str, Any]:
    from deploy.cli.bench.stages import stages
    from deploy.cli.bench.yardsticks import yardsticks as measure

    found = {"stages": await stages(ground, reports)}
    return {**found, "yardsticks": await measure(ground)} if yardsticks else found


async def _door(ground: "Ground", seconds: float) -> dict[str, Any]:
    from deploy.cli.bench.http_door import http_door

    return {"http": await http_door(ground, seconds)}
