"""Where in a rule file something stands, so that whoever wrote it finds it: file, line, table and reason.

tomllib tells values and not their lines, and the libraries that keep a file's style tell no lines either, so
the headers of tables and the beginnings of their keys are found here; what they mean is tomllib's to say.
"""

import re
from collections.abc import Iterator
from typing import TypeVar

Path = tuple[str | int, ...]
"""Keys and indexes from the file's top: ("deadline", 3, "amount")."""
_Row = TypeVar("_Row")

_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"\s*([\w-]+|\"[^\"]*\")\s*=")
_QUOTES = re.compile(r'"""|\'\'\'')


class RulesError(ValueError):
    """A rule file is refused: which file and line (None where no line is at fault), which table, and why."""

    def __init__(self, file: str, where: str, reason: str, line: int | None = None) -> None:
        place = file if line is None else f"{file}:{line}"
        super().__init__(f"{place}: {where}: {reason}")
        self.file = file
        self.line = line
        self.where = where
        self.reason = reason


def lines_of(text: str) -> dict[Path, int]:
    """The line, from 1, at which each table and key begins."""
    found: dict[Path, int] = {}
    counts: dict[str, int] = {}
    table: Path = ()
    for number, line in _outside_strings(text):
        header = _HEADER.fullmatch(line)
        if header:
            table = _table(header[2], header[1] == "[[", counts)
            found[table] = number
        elif key := _KEY.match(line):
            found[*table, key[1].strip('"')] = number
    return found


def _outside_strings(text: str) -> Iterator[tuple[int, str]]:
    """(number, line) of the lines that do not begin within a string of several lines."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if not inside:
            yield number, line
        if len(_QUOTES.findall(line)) % 2:
            inside = not inside


def _table(name: str, repeated: bool, counts: dict[str, int]) -> Path:
    """The path of a header; a table within an array of tables belongs to the array's last one."""
    path: Path = ()
    parts = name.split(".")
    for depth in range(1, len(parts) + 1):
        prefix = ".".join(parts[:depth])
        if repeated and depth == len(parts):
            counts[prefix] = counts.get(prefix, -1) + 1
        path = (*path, parts[depth - 1], *((counts[prefix],) if prefix in counts else ()))
    return path


class Spots:
    """Where each row of the rules came from."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files
        self._lines: dict[str, dict[Path, int]] = {}
        # By identity: two rows may say the same, and then both are at fault. The rules keep them alive.
        self._rows: dict[int, tuple[str, Path]] = {}

    def put(self, row: _Row, file: str, *path: str | int) -> _Row:
        """Remember where a row stands."""
        self._rows[id(row)] = (file, path)
        return row

    def line(self, file: str, path: Path) -> int | None:
        """The line of a path, or of the nearest table around it."""
        if file not in self._files:
            return None
        if file not in self._lines:
            self._lines[file] = lines_of(self._files[file].decode(errors="replace"))
        return next(
            (found for n in range(len(path), 0, -1) if (found := self._lines[file].get(path[:n]))), None
        )

    def error(self, row: object, where: str, reason: str) -> RulesError:
        """The refusal of a row."""
        file, path = self._rows[id(row)]
        return RulesError(file, where, reason, self.line(file, path))
