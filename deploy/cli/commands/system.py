"""`langnghe up`, `down`, `status`: the whole system on this machine."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from deploy.cli.output import Json, print_json, print_table, say

if TYPE_CHECKING:
    from deploy.cli.system import Standing


def register(app: typer.Typer) -> None:
    app.command("up")(up)
    app.command("down")(down)
    app.command("status")(status)


def up() -> None:
    """Start Kafka, PostgreSQL and the four services; return when all are ready.

    What runs already is left alone. The map is loaded where there is none. Data, ports, secrets and logs are
    kept in the data folder. The first time downloads Kafka (58 MB).
    """
    from deploy.cli.system import bring_up
    from deploy.local.stack import default_data_dir

    folder = default_data_dir()
    bring_up(folder, say, lambda name, there, total: say(f"  {there}/{total} {name}"))
    say(f"data and logs: {folder}; how it stands: langnghe status; stop it: langnghe down")


def down() -> None:
    """Stop the services, then Kafka and PostgreSQL; no process is left, the data stays."""
    from deploy.cli.system import take_down
    from deploy.local.stack import default_data_dir

    take_down(default_data_dir(), say)


def status(json: Json = False) -> None:
    """Show servers, services (ready, or why not), addresses and lag. Exits with 1 unless all is well."""
    from deploy.cli.system import standing
    from deploy.local.stack import default_data_dir

    found = standing(default_data_dir())
    if json:
        print_json({"well": found.well, **asdict(found)})
    else:
        _print(found)
    raise typer.Exit(0 if found.well else 1)


def _print(found: "Standing") -> None:
    if not found.servers:
        say(f"nothing was ever started in {found.folder} (start it: langnghe up)")
        return
    servers = [
        (name, f"runs (pid {s.pid})" if s.pid else "does not run", s.address, "")
        for name, s in found.servers.items()
    ]
    services = [
        (
            name,
            "ready" if s.ready else "not ready: " + "; ".join(f"{k}: {v}" for k, v in s.problems.items()),
            s.url,
            f"{s.kept.last} {s.kept.at}, died {s.kept.deaths} times" if s.kept.deaths else "",
        )
        for name, s in found.services.items()
    ]
    print_table(("", "state", "address", ""), [*servers, *services], empty="")
    if found.services and found.keeper_pid is None:
        say("nothing keeps the services running (start it: langnghe up)")
    if found.behind is not None:
        late = {group: n for group, n in found.behind.items() if n}
        say("behind: " + (", ".join(f"{group} {n}" for group, n in late.items()) or "nothing"))
