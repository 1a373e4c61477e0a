"""Free text made safe to store, show and log, without changing what it says.

Strips what is invisible or acts on its surroundings: control characters (ANSI escapes among them),
zero-width characters and bidirectional overrides (Unicode general categories Cc and Cf). Line breaks and
tabs stay; the letters keep the Unicode form in which they were typed.
"""

import re
import sys
import unicodedata

_KEPT = "\n\t"


def _character_class() -> str:
    points = [
        point
        for point in range(sys.maxunicode + 1)
        if unicodedata.category(chr(point)) in {"Cc", "Cf"} and chr(point) not in _KEPT
    ]
    return "[" + "".join(f"\\U{point:08x}" for point in points) + "]"


_INVISIBLE = re.compile(_character_class())
_LINE_BREAK = re.compile("\r\n?|[\u0085\u2028\u2029]")


def clean(text: str) -> str:
    """`text` with line breaks as U+000A, no invisible characters, no surrounding white space."""
    if not text.isprintable():
        text = _INVISIBLE.sub("", _LINE_BREAK.sub("\n", text))
    return text.strip()


def clean_line(text: str) -> str:
    """`clean` for a field of one line: each run of white space becomes one space, so no CR or LF stays."""
    return " ".join(clean(text).split())
