"""Personal data in Vietnamese free text becomes typed marks before anything leaves intake.

Rules, not a model: each kind has a form, or a word before it, that can be read and tested. What is
unclear and long enough to identify somebody is marked; names of places, roads, offices and organisations
stay, because routing reads them.
"""

import re

from services.intake.domain.redaction.addresses import find_addresses
from services.intake.domain.redaction.lower_case import find_lower_case_names
from services.intake.domain.redaction.marks import Kind, Match, Redacted, Span
from services.intake.domain.redaction.names import find_names
from services.intake.domain.redaction.numbers import find_numbers
from services.intake.domain.redaction.spelled import find_emails, find_spelled_numbers
from services.intake.domain.redaction.spelled_addresses import find_spelled_addresses
from services.intake.domain.redaction.view import View, as_typed, known_places, origins, view

_DIGIT = re.compile(r"[0-9]")

__all__ = ["Kind", "Redacted", "Span", "known_places", "redact"]


def redact(text: str, places: frozenset[str] = frozenset()) -> Redacted:
    """`text` with typed marks in place of personal data.

    Takes any Unicode text in any normal form; what is not redacted keeps its form. Spans are in code
    points of `text`. `places` (of `known_places`) are never taken for a person's name, such as the map's
    units; with its diacritics a name is theirs only if it has the same.
    """
    spans = _spans(text, places)
    if not spans:
        return Redacted(text, ())
    marked = _marked(text, spans)
    while further := _spans(marked, places):
        joined = _joined(spans, further)
        if joined == spans:
            break
        spans, marked = joined, _marked(text, joined)
    return Redacted(marked, tuple(spans))


def _spans(text: str, places: frozenset[str]) -> list[Span]:
    reading = view(text)
    found = [] if reading.is_place(places) else _find(reading, places)
    if not found:
        return []
    origin = origins(text, reading.composed)
    if origin is None:
        found, origin = _find(as_typed(text), places), range(len(text) + 1)
    return [Span(origin[start], origin[end], kind) for start, end, kind in _apart(found)]


def _joined(spans: list[Span], further: list[Span]) -> list[Span]:
    """`spans`, and `further` ones that only showed once the marks were set (offsets of the marked text)."""

    def original(position: int, *, end: bool) -> int:
        shift = 0
        for span in spans:
            mark = span.start + shift
            if position < mark or (end and position == mark):
                break
            if position < mark + len(span.kind.value):
                return span.end if end else span.start
            shift += len(span.kind.value) - (span.end - span.start)
        return position - shift

    added = [(original(one.start, end=False), original(one.end, end=True), one.kind) for one in further]
    both = sorted([*((one.start, one.end, one.kind) for one in spans), *added], key=_longest_first)
    return [Span(*match) for match in _apart(both)]


def _find(reading: View, places: frozenset[str]) -> list[Match]:
    found = [*find_names(reading, places), *find_lower_case_names(reading), *find_spelled_numbers(reading)]
    found += [*find_emails(reading), *find_spelled_addresses(reading)]
    if _DIGIT.search(reading.folded):
        found += [*find_numbers(reading), *find_addresses(reading)]
    return sorted(found, key=_longest_first)


def _longest_first(match: Match) -> tuple[int, int]:
    return match[0], -match[1]


def _apart(found: list[Match]) -> list[Match]:
    """Overlapping matches as one, as far as any of them reaches and of the kind of the first."""
    apart: list[Match] = []
    for start, end, kind in found:
        if apart and start < apart[-1][1]:
            first, last, first_kind = apart.pop()
            apart.append((first, max(end, last), first_kind))
        else:
            apart.append((start, end, kind))
    return apart


def _marked(text: str, spans: list[Span]) -> str:
    pieces: list[str] = []
    position = 0
    for span in spans:
        pieces += (text[position : span.start], span.kind.value)
        position = span.end
    return "".join((*pieces, text[position:]))
