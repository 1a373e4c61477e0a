"""What commands print: tables for people, JSON for programs; nothing that others wrote moves the cursor."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer

from shared.local_time import LOCAL

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def print_json(content: Any) -> None:
    """Indented JSON; times in ISO 8601, UUIDs as text; what a terminal would obey is escaped as JSON does."""
    text = json.dumps(content, ensure_ascii=False, indent=2, default=_plain)
    safe = (c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
    sys.stdout.write("".join(safe) + "\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: str) -> None:
    """A table; columns whose first value is a number are set right. `empty` is said instead of no rows."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    cells = [list(row) for row in rows]
    if not cells:
        sys.stdout.write(empty + "\n")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, name in enumerate(columns):
        right = isinstance(cells[0][number], int) and not isinstance(cells[0][number], bool)
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    for row in cells:
        table.add_row(*(_escaped(shown(value)) for value in row))
    # Without a terminal (a pipe, a log) rich would fold everything into 80 columns.
    Console(width=None if sys.stdout.isatty() else 200, highlight=False).print(table)


def say(line: str) -> None:
    """One line, cleaned of control characters."""
    sys.stdout.write(clean(line) + "\n")


def shown(value: Any) -> str:
    """A value as people read it: local time to the second, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M:%S")
    return clean(str(value))


def clean(text: str) -> str:
    """Without characters that a terminal would obey: escapes, backspaces, bidirectional overrides."""
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
