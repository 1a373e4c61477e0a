"""The tracking code: what a reporter keeps to ask later what became of the report.

Code = Base32(HMAC-SHA256(key, report id)), its first 80 bits, and a check character. The same report has
the same code, so a retry is answered with it and nothing secret is stored; the store finds the report by
a keyed hash of the code.

Alphabet: Crockford's Base32, without I, L, O and U. Check character: a weighted sum over GF(32) with the
weights 1, a, a^2 ... of a primitive element. Weights are not zero and differ, so every single wrong
character and every swap of two characters is detected.
"""

from typing import Final
from uuid import UUID

from services.intake.domain.mac import mac

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH: Final = 17
"""16 characters of 5 bits (80 bits) and the check character."""
_GROUP: Final = 4
_PAIRS: Final = tuple(first + second for first in ALPHABET for second in ALPHABET)
_VALUES: Final = {letter: value for value, letter in enumerate(ALPHABET)}
_TOLERATED: Final = str.maketrans("OIL", "011", " -\u2010\u2011\u2012\u2013\u2014._\u00a0\t\r\n")


def tracking_code(key: bytes, report_id: UUID) -> str:
    """The code of a report, canonical: 17 characters of `ALPHABET`. `key` is the service's secret."""
    digest = mac(key, b"tracking-code\n" + report_id.bytes)
    number = int.from_bytes(digest[:10])
    letters = "".join([_PAIRS[number >> shift & 1023] for shift in range(70, -1, -10)])
    return letters + ALPHABET[_check_value(letters)]


def show(code: str) -> str:
    """The canonical code in groups as people read it out: `7KQ4-9XWD-2M5C-HT0RB`."""
    heads = [code[start : start + _GROUP] for start in range(0, 12, _GROUP)]
    return "-".join([*heads, code[12:]])


def parse(typed: str) -> str | None:
    """The canonical code in what somebody typed, or None if it cannot be one.

    Takes either case, spaces and dashes anywhere, the letter O for 0 and I or L for 1.
    """
    if len(typed) > 4 * CODE_LENGTH:
        return None
    code = typed.upper().translate(_TOLERATED)
    if len(code) != CODE_LENGTH or any(letter not in _VALUES for letter in code):
        return None
    return code if ALPHABET[_check_value(code[:-1])] == code[-1] else None


def code_hash(key: bytes, code: str) -> bytes:
    """HMAC-SHA256 of a canonical code, 32 bytes: unique in the store, useless without the key."""
    return mac(key, b"tracking-code-hash\n" + code.encode())


def _check_value(letters: str) -> int:
    """Sum of value times weight; the check character's own weight is 1, the letter before it has weight a."""
    total = 0
    for letter in letters:
        total = _TIMES_A[total ^ _VALUES[letter]]
    return total


def _times_a(value: int) -> int:
    """Multiplication by the primitive element a = x in GF(2)[x] / (x^5 + x^2 + 1)."""
    doubled = value << 1
    return doubled ^ 0b100101 if doubled & 0b100000 else doubled


_TIMES_A: Final = tuple(map(_times_a, range(32)))
