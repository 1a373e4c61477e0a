"""What the text model reads of a report: its words and pairs of neighbours, as character n-grams.

Every word counts once. Its n-grams stay inside it (`<rac>`, `<ra`, `rac`, `ac>`), so that a slip of the
finger costs part of a word and not all of it; a pair is one gram of its own, since most Vietnamese words have
two syllables. What a word adds does not depend on the others, so it can be remembered.
"""

from collections.abc import Iterator
from itertools import pairwise

from services.routing.domain.text import Text

Pair = tuple[str, str]
_MOST_LETTERS = 24


def keys_of(text: Text) -> set[str]:
    """The different folded words."""
    return set(text.keys)


def words_of(text: Text) -> set[str]:
    """The different words whose diacritics say more than the folded ones; none of a text typed without."""
    return set(text.words).difference(text.keys) if text.marked else set()


def pairs_of(text: Text) -> set[Pair]:
    """The different pairs of neighbours, folded."""
    return set(pairwise(text.keys))


def grams_of_key(key: str) -> Iterator[str]:
    """A folded word and its parts of three and four letters; numbers are alike."""
    if key.isdecimal():
        yield "<0>"
        return
    framed = f"<{key[:_MOST_LETTERS]}>"
    yield framed
    for size in (3, 4):
        if size < len(framed):
            yield from (framed[at : at + size] for at in range(len(framed) - size + 1))


def grams_of_word(word: str) -> Iterator[str]:
    """A word with its diacritics is one gram."""
    yield f"={word[:_MOST_LETTERS]}"


def grams_of_pair(pair: Pair) -> Iterator[str]:
    """Two neighbours are one gram."""
    yield f"{_number(pair[0])} {_number(pair[1])}"


def _number(key: str) -> str:
    return "0" if key.isdecimal() else key[:_MOST_LETTERS]
