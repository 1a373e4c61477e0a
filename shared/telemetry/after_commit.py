"""Counters and log lines that become true with a transaction are told when it has committed, not before.

A batch is tried again, and then in halves: what it counted on an attempt that failed must not stay counted.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import structlog

log = structlog.get_logger()

Tell = Callable[[], None]
_held: ContextVar[list[Tell] | None] = ContextVar("held_until_commit", default=None)


def after_commit(tell: Tell) -> None:
    """Call `tell` when the transaction around has committed; at once where there is none."""
    held = _held.get()
    if held is None:
        tell()
    else:
        held.append(tell)


@contextmanager
def held_until_commit() -> Iterator[None]:
    """Goes around a transaction or a savepoint. An error forgets what was held since; the outermost tells."""
    outer, mine = _held.get(), list[Tell]()
    _held.set(mine)
    try:
        yield
    finally:
        _held.set(outer)
    if outer is not None:
        outer.extend(mine)
        return
    for tell in mine:
        try:
            tell()
        except Exception as error:  # the work is done and committed: telling it must not undo it
            log.error("telemetry.untold", error=type(error).__name__)
