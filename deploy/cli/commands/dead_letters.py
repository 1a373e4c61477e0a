"""`langnghe dead-letters`: records that could not take effect, and how they end."""

import json as json_
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from deploy.cli.output import Json, print_json, print_table, say, shown

if TYPE_CHECKING:
    from deploy.cli.dead_letters import Letter, Ref
    from deploy.cli.dead_letters.content import Content
    from deploy.cli.dead_letters.settle import Redriven
    from deploy.local.installation import Installation

State = Literal["open", "redriven", "discarded", "any"]
One = Annotated[str, typer.Argument(metavar="LETTER", help="SERVICE:NUMBER, as `list` shows it: routing:12")]
Many = Annotated[list[str] | None, typer.Argument(metavar="[LETTER]...", help="SERVICE:NUMBER, one or more.")]
Services = Annotated[list[str] | None, typer.Option("--service", help="Only this service's; repeatable.")]
Reason = Annotated[str, typer.Option(help="Only letters that died for this reason (a code).")]
By = Annotated[str, typer.Option(help="Who decides this; kept with the letter.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help="Records that could not take effect, kept with reason and position until somebody decides.",
        no_args_is_help=True,
    )
    group.command("list")(list_)
    group.command("show")(show)
    group.command("redrive")(redrive)
    group.command("discard")(discard)
    app.add_typer(group, name="dead-letters")


def list_(
    service: Services = None,
    state: Annotated[State, typer.Option(help="Which letters.")] = "open",
    reason: Reason = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many, oldest first.")] = 100,
    json: Json = False,
) -> None:
    """List letters, oldest first: which service, which record, why."""
    letters = _listed(service, "" if state == "any" else state, reason, limit)
    if json:
        print_json([letter.as_json() for letter in letters])
        return
    print_table(
        ("letter", "record", "reason", "detail", "state", "since", "settled by"),
        (
            (
                x.ref,
                f"{x.topic}[{x.partition}]@{x.record_offset}",
                x.reason,
                x.detail,
                x.state + (" (sealed)" if x.sealed and x.state == "open" else ""),
                x.created_at,
                x.settled_by,
            )
            for x in letters
        ),
        empty="no such dead letters",
    )


def show(
    letter: One,
    open_: Annotated[
        bool, typer.Option("--open", help="Read a sealed one with intake's key: it may hold personal data.")
    ] = False,
    by: Annotated[str, typer.Option(help="Who opens a sealed one; kept in intake's access log.")] = "",
    json: Json = False,
) -> None:
    """Show one letter: reason, position, and what stands in it unless it is sealed."""
    from deploy.cli.dead_letters import find
    from deploy.cli.dead_letters.content import opened, readable
    from deploy.cli.owners import owner
    from deploy.cli.place import installation, reader, run

    async def look(where: "Installation", ref: "Ref") -> "tuple[Letter, Content | str]":
        async with reader(where) as connection:
            found = await find(connection, ref)
            if not (open_ and found.sealed):
                return found, await readable(connection, found)
        async with owner(where, ref.service) as its:
            return found, await opened(its, found, by)

    if open_ and not by.strip():
        raise typer.BadParameter("--by must say who opens it")
    found, content = run(look(installation(), _ref(letter)))
    fields = found.as_json()
    if json:
        read = {"content": None, "why": content} if isinstance(content, str) else {"content": _plain(content)}
        print_json({**fields, **read})
        return
    for name, value in fields.items():
        say(f"{name.replace('_', ' '):15} {shown(value)}")
    say("" if isinstance(content, str) else "content:")
    say(content if isinstance(content, str) else json_.dumps(_plain(content), ensure_ascii=False, indent=2))


def redrive(
    letters: Many = None,
    *,
    by: By,
    all_: Annotated[bool, typer.Option("--all", help="Every open letter (of --service, --reason).")] = False,
    service: Services = None,
    reason: Reason = "",
    json: Json = False,
) -> None:
    """Have the owner apply letters again, by its own code, in the transaction that marks them.

    Nothing is published to a topic again. Twice is harmless. A letter that is still bad stays open and says
    why; then the exit status is 1.
    """
    refs = [_ref(text) for text in letters or ()]
    if bool(refs) == all_:
        raise typer.BadParameter("name the letters, or say --all")
    if all_:
        refs = [letter.ref for letter in _listed(service, "open", reason, 10_000)]
    results = _redriven(refs, by)
    if json:
        print_json([{"letter": str(r.ref), "state": r.state, "told": r.told} for r in results])
    else:
        print_table(
            ("letter", "state", ""), ((r.ref, r.state, r.told) for r in results), empty="no open letters"
        )
    raise typer.Exit(1 if any(r.state == "open" for r in results) else 0)


def discard(
    letters: Annotated[list[str], typer.Argument(metavar="LETTER...", help="SERVICE:NUMBER, one or more.")],
    by: By,
    reason: Annotated[str, typer.Option(help="Why it need not take effect; kept with the letter.")],
) -> None:
    """Close letters without effect; what stood in them is let go.

    Refused for the only trace of an accepted report, and for an erasure.
    """
    from deploy.cli.dead_letters.settle import discard as close
    from deploy.cli.owners import owner
    from deploy.cli.place import installation, reader, run

    if not by.strip() or not reason.strip():
        raise typer.BadParameter("--by and --reason must say something")

    async def work(where: "Installation", ref: "Ref") -> None:
        async with reader(where) as connection, owner(where, ref.service) as its:
            await close(its, connection, ref, by, reason)

    where = installation()
    for ref in [_ref(text) for text in letters]:
        run(work(where, ref))
        say(f"{ref} discarded")


def _listed(services: list[str] | None, state: str, reason: str, limit: int) -> "list[Letter]":
    from deploy.cli.dead_letters import listed
    from deploy.cli.place import installation, reader, run
    from shared.migrations import SERVICES

    for name in services or ():
        if name not in SERVICES:
            raise typer.BadParameter(f"{name!r} is none of {', '.join(SERVICES)}")

    async def look(where: "Installation") -> "list[Letter]":
        async with reader(where) as connection:
            return await listed(connection, services or SERVICES, state=state, reason=reason, limit=limit)

    return run(look(installation()))


def _redriven(refs: "list[Ref]", by: str) -> "list[Redriven]":
    from itertools import groupby

    from deploy.cli.dead_letters.settle import redrive as again
    from deploy.cli.owners import owner
    from deploy.cli.place import installation, run

    async def work(where: "Installation") -> "list[Redriven]":
        results = []
        for service, its_refs in groupby(refs, key=lambda ref: ref.service):
            async with owner(where, service) as its:
                results += [await again(its, ref, by) for ref in its_refs]
        return results

    if not by.strip():
        raise typer.BadParameter("--by must say who")
    return run(work(installation()))


def _ref(text: str) -> "Ref":
    from deploy.cli.dead_letters import Ref

    try:
        return Ref.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _plain(content: "Content") -> dict[str, Any]:
    return {"key": content.key, "headers": [list(pair) for pair in content.headers], "value": content.value}
