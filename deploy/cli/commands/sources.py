"""`langnghe sources`: the registered upstream channels."""

import base64
import binascii
import json as json_
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli.output import Json, print_json, print_table, say
from deploy.cli.problems import Problem

if TYPE_CHECKING:
    from deploy.local.installation import Installation
    from services.intake.use_cases.register_sources import Registration

_LIST = """
SELECT id, name, channels, quota_per_minute, active, registered_at,
    ARRAY(SELECT key_id FROM intake.source_keys WHERE source_id = s.id ORDER BY key_id) AS key_ids
FROM intake.sources AS s ORDER BY id
"""
Channel = Annotated[
    list[str] | None, typer.Option("--channel", help="A channel it may send; repeatable; all by default.")
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The registered upstream channels.", no_args_is_help=True)
    group.command("add")(add)
    group.command("list")(list_)
    app.add_typer(group, name="sources")


def list_(json: Json = False) -> None:
    """List the registered sources; keys are named, never shown."""
    from deploy.cli.place import installation, reader, run

    async def look(where: "Installation") -> list[dict[str, Any]]:
        async with reader(where) as connection:
            return [dict(row) for row in await connection.fetch(_LIST)]

    rows = run(look(installation()))
    if json:
        print_json(rows)
        return
    print_table(
        ("source", "name", "channels", "a minute", "keys", "active"),
        (
            (
                r["id"],
                r["name"],
                " ".join(r["channels"]),
                r["quota_per_minute"] or "no limit",
                " ".join(r["key_ids"]),
                "yes" if r["active"] else "no",
            )
            for r in rows
        ),
        empty="no source is registered",
    )


def add(
    source: Annotated[str, typer.Argument(help="Its id, sent as ce_source: a URL of the channel.")],
    *,
    name: Annotated[str, typer.Option(help="What people call it.")],
    channel: Channel = None,
    quota: Annotated[int, typer.Option(min=0, help="Submissions a minute; 0 is no limit.")] = 0,
    secrets_file: Annotated[
        Path | None,
        typer.Option(
            "--secrets",
            exists=True,
            dir_okay=False,
            help='JSON {"keys": {KEY ID: BASE64}, "token": TEXT}; without it they are made, and shown once.',
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option(help="The source is registered: give it these facts and secrets instead.")
    ] = False,
    json: Json = False,
) -> None:
    """Register a source, and show its secrets once: the HMAC key that signs its records, its bearer token."""
    from deploy.cli.place import installation, run
    from services.intake.domain.submission import CHANNELS
    from services.intake.use_cases.register_sources import Registration

    keys, token = _read(secrets_file) if secrets_file else _new()
    wanted = Registration(source, name, keys, token, tuple(channel or sorted(CHANNELS)), quota)
    run(_add(installation(), wanted, replace=replace))
    shown = {key_id: base64.b64encode(key).decode() for key_id, key in keys.items()}
    if json:
        print_json({"source": source, **({} if secrets_file else {"keys": shown, "token": token})})
        return
    say(f"{source} registered")
    if secrets_file:
        return
    say("These secrets are shown once:")
    for key_id, key in shown.items():
        say(f"  key id {key_id}, key (base64) {key}")
    say(f"  bearer token {token}")


async def _add(where: "Installation", wanted: "Registration", *, replace: bool) -> None:
    from deploy.cli.owners import intake_keys
    from deploy.cli.place import database
    from services.intake.use_cases.register_sources import register_sources

    async with database(where, "intake") as opened, opened.transaction() as tx:
        known = await tx.fetchval("SELECT EXISTS (SELECT 1 FROM sources WHERE id = $1)", wanted.id)
        if known and not replace:
            raise Problem(f"{wanted.id} is registered already; --replace gives it new facts and secrets")
        try:
            await register_sources(tx, intake_keys(where).ring, [wanted])
        except ValueError as error:
            raise Problem(str(error)) from error


def _new() -> tuple[dict[str, bytes], str]:
    return {f"k-{secrets.token_hex(4)}": secrets.token_bytes(32)}, secrets.token_urlsafe(32)


def _read(path: Path) -> tuple[dict[str, bytes], str]:
    try:
        given = json_.loads(path.read_text(encoding="utf-8"))
        keys = {str(i): base64.b64decode(k, validate=True) for i, k in given["keys"].items()}
        return keys, str(given["token"])
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        shape = '{"keys": {KEY ID: BASE64}, "token": TEXT}'
        raise Problem(f"{path} is not JSON of the shape {shape}") from error
