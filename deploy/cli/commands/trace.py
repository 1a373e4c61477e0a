"""`langnghe trace`: a report's whole way."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli.output import Json, print_json, print_table, say
from shared.local_time import LOCAL

if TYPE_CHECKING:
    from deploy.cli.trace import Story


def register(app: typer.Typer) -> None:
    app.command("trace")(trace)


def trace(
    named: Annotated[
        str,
        typer.Argument(metavar="ID", help="A report's or case's id, a tracking code, a source's own id."),
    ],
    source: Annotated[
        str | None, typer.Option(help="The registered source whose own id it is (its ce_source).")
    ] = None,
    kafka: Annotated[bool, typer.Option(help="Also look for its records in Kafka.")] = True,
    json: Json = False,
) -> None:
    """Tell a report's whole way, in order of time: accepted, decided, counted, told, shown.

    With the event ids, trace ids and positions of its records while Kafka keeps them, the rules behind each
    decision, and its dead letters. Prints no text, no name, no address. Exits with 1 where nobody knows it.
    """
    from deploy.cli.place import installation, run
    from deploy.cli.trace import tell

    story = run(tell(installation(), named, source, kafka=kafka))
    if json:
        print_json(story.as_json())
    else:
        _print(story)


def _print(story: "Story") -> None:
    subject = story.subject
    say(f"report {subject.report_id}, submitted by {subject.scope or '?'}, trace {subject.trace_id or '-'}")
    for case in subject.cases:
        if case != subject.report_id:
            say(f"  part {case}")
    print_table(
        ("time", "where", "what", ""),
        ((_time(entry.at), entry.where, entry.what, _facts(entry.facts)) for entry in story.entries),
        empty="nothing is known",
    )


def _time(at: datetime | None) -> str:
    """Local time to the millisecond: steps follow each other within one."""
    return "" if at is None else at.astimezone(LOCAL).isoformat(" ", "milliseconds")[:23]


def _facts(facts: dict[str, Any]) -> str:
    return "\n".join(f"{name}: {_value(value)}" for name, value in facts.items())


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
