"""JSON from outsiders, read strictly (RFC 8259 and the refusals of RFC 7493, I-JSON).

The parser refuses what lenient parsers take silently: duplicate keys, NaN and infinities, invalid UTF-8,
lone surrogates. It refuses nesting of some 200 levels and integers of more than 4,300 digits in constant
time by itself, so the walk below only ever sees a small tree.
"""

import re
from collections.abc import Iterator
from math import isfinite
from typing import Final

import jiter

from services.intake.domain.problems import Problem, problem

MAX_DEPTH: Final = 32
"""Levels of nesting, counting the outermost object as one."""
MAX_INTEGER: Final = 2**63 - 1
"""The largest magnitude that a PostgreSQL bigint and every JSON library keep exactly."""

_SUSPECT_ESCAPE: Final = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_SUSPECT_NUMBER: Final = re.compile(rb"[0-9](?:[eE]|[0-9]{17})")
"""Apart, since a pattern whose first byte is known is found four times as fast."""

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def parse(body: bytes) -> dict[str, Json] | Problem:
    """Read `body` as one JSON object, or say what is wrong with it."""
    try:
        value: Json = jiter.from_json(body, catch_duplicate_keys=True, allow_inf_nan=False)
    except ValueError as error:
        return problem("", _code(str(error)))
    if not isinstance(value, dict):
        return problem("", "json_not_object")
    return value if _plain(body) else check(value) or value


def _plain(body: bytes) -> bool:
    """Whether a glance at a parsed body rules out all that `check` looks for: most bodies are that plain."""
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH:
        return False
    return _SUSPECT_ESCAPE.search(body) is None and _SUSPECT_NUMBER.search(body) is None


def check(value: dict[str, Json]) -> Problem | None:
    """Find what no store can hold: deep nesting, numbers beyond 64 bits, NUL characters, lone surrogates.

    Also used on fields that never were JSON, such as the cells of a sheet.
    """
    rows: list[tuple[str, Json]] = [("", value)]
    for _ in range(MAX_DEPTH):
        containers: list[tuple[str, Json]] = []
        for path, member in _members(rows):
            if isinstance(member, (dict, list)):
                containers.append((path, member))
            elif code := _scalar_problem(member):
                return problem(path, code)
        if not containers:
            return None
        rows = containers
    return problem(rows[0][0].split(".")[0], "json_too_deep")


def _members(rows: list[tuple[str, Json]]) -> Iterator[tuple[str, Json]]:
    for path, container in rows:
        if isinstance(container, dict):
            for key, member in container.items():
                yield "", key
                yield (f"{path}.{key}" if path else key), member
        elif isinstance(container, list):
            yield from ((path, member) for member in container)


def _scalar_problem(value: Json) -> str | None:
    if isinstance(value, str):
        return _text_problem(value)
    if isinstance(value, float):
        return None if isfinite(value) else "number_out_of_range"
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        return "number_out_of_range"
    return None


def _text_problem(text: str) -> str | None:
    if "\0" in text:
        return "nul_character"
    if text.isascii():
        return None
    try:
        text.encode()
    except UnicodeEncodeError:
        return "invalid_unicode"
    return None


def _code(parser_message: str) -> str:
    """The parser's message as a code; the message itself may quote the body and goes no further."""
    known = {
        "Detected duplicate key": "json_duplicate_key",
        "recursion limit": "json_too_deep",
        "number out of range": "number_out_of_range",
        "invalid unicode": "invalid_unicode",
        "lone leading surrogate": "invalid_unicode",
        "unexpected end of hex escape": "invalid_unicode",
    }
    return next((code for start, code in known.items() if parser_message.startswith(start)), "json_malformed")
