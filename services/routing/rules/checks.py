"""What must hold across the rule files: no overlap, no gap in time, no unknown body or category."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Protocol

from services.routing.domain.ruleset import Competence, Deadline, Rules
from services.routing.rules.models import FIRST_DAY
from services.routing.rules.where import RulesError, Spots
from shared.contracts.vocabulary import CATEGORIES, LEGAL_KINDS


class Dated(Protocol):
    """A row that is valid in [valid_from, valid_to)."""

    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


def check(rules: Rules, spots: Spots) -> None:
    """Raises RulesError at the first contradiction. `spots`: where the rows stand."""
    _categories(rules)
    _bodies(rules, spots)
    _competences(rules, spots)
    _deadlines(rules, spots)
    _terms(rules, spots)
    _escalation(rules, spots)
    _whole("incidents.toml", "period", rules.incidents.periods, spots)


def _categories(rules: Rules) -> None:
    missing = [slug for slug in CATEGORIES if slug not in rules.categories]
    if missing:
        raise RulesError("lexicon-*.toml", "terms", f"no terms for {', '.join(missing)}")


def _bodies(rules: Rules, spots: Spots) -> None:
    spans: dict[tuple[str, str], list[Dated]] = {}
    for body in rules.bodies:
        spans.setdefault((body.kind, body.level), []).append(body)
    for (kind, level), rows in spans.items():
        _no_overlap(f"{kind} at {level}", rows, spots)


def _competences(rules: Rules, spots: Spots) -> None:
    spans: dict[tuple[str, str], list[Dated]] = {
        (slug, level): [] for slug in CATEGORIES for level in ("commune", "province")
    }
    flagged: dict[tuple[str, ...], list[Dated]] = {}
    for row in rules.competences:
        if row.flag is None:
            spans[(row.category, row.level)].append(row)
        else:
            flagged.setdefault((row.category, row.level, row.flag), []).append(row)
        for kind in (row.listening, row.resolving):
            if kind is not None:
                _body_covers(rules, kind, row, spots)
    for (slug, level), rows in spans.items():
        _whole("competences.toml", f"{slug} at {level}", rows, spots)
    for where, rows in flagged.items():
        _no_overlap(" at ".join(where), rows, spots)


def _body_covers(rules: Rules, kind: str, row: Competence, spots: Spots) -> None:
    known = [b for b in rules.bodies if b.kind == kind and b.level == row.level]
    if not known:
        raise spots.error(row, row.rule, f"unknown body {kind} at {row.level}")
    if not any(_within(row, body) for body in known):
        raise spots.error(row, row.rule, f"{kind} does not exist all the time from {row.valid_from}")


def _within(inner: Dated, outer: Dated) -> bool:
    if inner.valid_from < outer.valid_from:
        return False
    return outer.valid_to is None or (inner.valid_to is not None and inner.valid_to <= outer.valid_to)


def _deadlines(rules: Rules, spots: Spots) -> None:
    spans: dict[tuple[object, ...], list[Dated]] = {}
    for row in rules.deadlines:
        if row.legal_kind is not None and row.legal_kind not in LEGAL_KINDS:
            raise spots.error(row, row.rule, f"unknown legal kind {row.legal_kind}")
        spans.setdefault(_selector(row), []).append(row)
    for selector, rows in spans.items():
        _no_overlap(" ".join(str(part) for part in selector if part is not None), rows, spots)
    for kind in ("settle", "listen", "object"):
        _whole("deadlines.toml", f"{kind}, default", spans.get((kind, *(None,) * 7), []), spots)


def _selector(row: Deadline) -> tuple[object, ...]:
    asked = (row.legal_kind, row.category, row.severity, row.complex_case, row.especially)
    return (row.kind, *asked, row.settlement, row.remote)


def _escalation(rules: Rules, spots: Spots) -> None:
    spans: dict[str, list[Dated]] = {}
    for step in rules.escalation.steps:
        spans.setdefault(step.rule, []).append(step)
    for rule, rows in spans.items():
        _no_overlap(rule, rows, spots)


def _terms(rules: Rules, spots: Spots) -> None:
    kinds = {body.kind for body in rules.bodies}
    seen: set[tuple[str, str, date]] = set()
    for term in rules.terms:
        mark = (term.tag, term.phrase, term.valid_from)
        if mark in seen:
            raise spots.error(term, term.tag, f"{term.phrase!r} stands there twice")
        seen.add(mark)
        prefix, _, kind = term.tag.partition(":")
        if prefix == "co_quan" and kind not in kinds:
            # A body that nobody knows would be kept out of nothing.
            raise spots.error(term, term.tag, f"unknown body {kind}")


def _no_overlap(where: str, rows: Sequence[Dated], spots: Spots) -> list[Dated]:
    ordered = sorted(rows, key=lambda row: (row.valid_from, row.valid_to or date.max))
    for one, other in pairwise(ordered):
        if one.valid_to is None or one.valid_to > other.valid_from:
            raise spots.error(other, where, f"periods from {one.valid_from} and {other.valid_from} overlap")
    return ordered


def _whole(file: str, where: str, rows: Sequence[Dated], spots: Spots) -> None:
    ordered = _no_overlap(where, rows, spots)
    if not ordered:
        raise RulesError(file, where, f"nothing is in force from {FIRST_DAY}")
    if ordered[0].valid_from > FIRST_DAY:
        raise spots.error(ordered[0], where, f"nothing is in force from {FIRST_DAY}")
    for one, other in pairwise(ordered):
        if one.valid_to != other.valid_from:
            raise spots.error(other, where, f"a gap from {one.valid_to} to {other.valid_from}")
    if ordered[-1].valid_to is not None:
        raise spots.error(ordered[-1], where, f"nothing is in force from {ordered[-1].valid_to}")
