"""What was worked out of a word, remembered: residents use few different ones, so a look-up costs less."""

from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

_MOST = 65_536
"""Beyond so many different words all are forgotten: what outsiders send must not fill the memory."""


class Remembered(dict[str, Value]):
    """`remembered[word]` is `work(word)`, done once. The work must be pure."""

    def __init__(self, work: Callable[[str], Value]) -> None:
        super().__init__()
        self._work = work

    def __missing__(self, word: str) -> Value:
        if len(self) >= _MOST:
            self.clear()
        made = self[word] = self._work(word)
        return made
