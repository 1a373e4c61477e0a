"""From the command to the end: the servers around, the play in them, and a clean stop whatever happens."""

import asyncio
import contextlib
import json
import logging
import signal
import sys
import threading
import time
from functools import partial
from pathlib import Path

import structlog
from rich.console import Console
from rich.status import Status

from deploy.cli.demo.play import Play
from deploy.cli.demo.show import show, show_addresses
from deploy.cli.demo.stage import NotOurs, empty, programs, servers
from deploy.cli.demo.summary import Summary
from deploy.local.process import ServerError

_INTERRUPTED = 130


def run(folder: Path, *, once: bool, json_file: Path | None) -> int:
    """The exit code: 0 when everything holds, 1 when not, 2 for a folder that is not the demo's."""
    # Without a terminal rich would fold everything into 80 columns.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    # The loading of the map tells operators of a service; here the bars tell.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    # A shell starts what runs in its background with SIGINT ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        empty(folder.resolve())
        return _run(folder.resolve(), console, once=once, json_file=json_file)
    except NotOurs as error:
        console.print(f"[red]{error}[/]")
        return 2
    except (ServerError, TimeoutError) as error:
        console.print(f"[red]✗ {error}[/]\n  Logs: {folder / 'logs'}")
        return 1
    except KeyboardInterrupt:
        console.print("Stopped.")
        return _INTERRUPTED


def _as_interrupt(_number: int, _frame: object) -> None:
    """SIGTERM ends the demo as Ctrl-C does."""
    signal.raise_signal(signal.SIGINT)


def _run(folder: Path, console: Console, *, once: bool, json_file: Path | None) -> int:
    began = time.monotonic()
    console.rule("Lắng Nghe")
    with contextlib.ExitStack() as stack:
        with console.status("Kafka and PostgreSQL ...") as status:
            installation = stack.enter_context(servers(folder, partial(_downloading, status)))
            stage = stack.enter_context(programs(installation))
        console.print(f"  [green]✓[/] Kafka and PostgreSQL [dim]{time.monotonic() - began:.1f} s[/]")
        summary = asyncio.run(Play(stage, console).run())
        show(console, summary, time.monotonic() - began)
        if json_file is not None:
            _write(json_file, summary)
        if not once:
            _stay(console, folder, summary)
    return 1 if summary.troubles else 0


def _downloading(status: Status, jar: str, done: int, total: int) -> None:
    """The first run on a machine fetches Kafka."""
    status.update(f"Downloading Apache Kafka: {done} of {total} ({jar}) ...")


def _write(path: Path, summary: Summary) -> None:
    path.write_text(json.dumps(summary.as_json(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _stay(console: Console, folder: Path, summary: Summary) -> None:
    """Keep everything up until Ctrl-C or SIGTERM."""
    show_addresses(console, summary)
    console.print(
        f"\n  Look behind it in another terminal: LANGNGHE_DATA={folder} langnghe positions"
        "\n  Ctrl-C stops everything."
    )
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        console.print("\n  Stopping ...")
