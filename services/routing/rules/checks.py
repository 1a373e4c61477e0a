"""What must hold across the rule files: no overlap, no gap in time, no unknown body or category."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from services.routing.domain.ruleset import Deadline, Rules
from services.routing.rules.models import FIRST_DAY
from shared.contracts.vocabulary import CATEGORIES, LEGAL_KINDS

Span = tuple[date, date | None]


class RulesError(ValueError):
    """A rule file is refused: which file, which table in it, and why."""

    def __init__(self, file: str, where: str, reason: str) -> None:
        super().__init__(f"{file}: {where}: {reason}")
        self.file = file
        self.where = where
        self.reason = reason


def check(rules: Rules) -> None:
    """Raises RulesError at the first contradiction."""
    _categories(rules)
    _bodies(rules)
    _competences(rules)
    _deadlines(rules)
    _terms(rules)
    _escalation(rules)
    _whole("incidents.toml", "period", [(p.valid_from, p.valid_to) for p in rules.incidents.periods])


def _categories(rules: Rules) -> None:
    missing = [slug for slug in CATEGORIES if slug not in rules.categories]
    if missing:
        raise RulesError("lexicon-*.toml", "terms", f"no terms for {', '.join(missing)}")


def _bodies(rules: Rules) -> None:
    spans: dict[tuple[str, str], list[Span]] = {}
    for body in rules.bodies:
        spans.setdefault((body.kind, body.level), []).append((body.valid_from, body.valid_to))
    for (kind, level), rows in spans.items():
        _no_overlap("bodies.toml", f"{kind} at {level}", rows)


def _competences(rules: Rules) -> None:
    spans: dict[tuple[str, str], list[Span]] = {
        (slug, level): [] for slug in CATEGORIES for level in ("commune", "province")
    }
    for row in rules.competences:
        spans[(row.category, row.level)].append((row.valid_from, row.valid_to))
        for kind in (row.listening, row.resolving):
            if kind is not None:
                _body_covers(rules, kind, row.level, (row.valid_from, row.valid_to), row.rule)
    for (slug, level), rows in spans.items():
        _whole("competences.toml", f"{slug} at {level}", rows)


def _body_covers(rules: Rules, kind: str, level: str, span: Span, rule: str) -> None:
    known = [b for b in rules.bodies if b.kind == kind and b.level == level]
    if not known:
        raise RulesError("competences.toml", rule, f"unknown body {kind} at {level}")
    if not any(_within(span, (body.valid_from, body.valid_to)) for body in known):
        raise RulesError("competences.toml", rule, f"{kind} does not exist all the time from {span[0]}")


def _within(inner: Span, outer: Span) -> bool:
    if inner[0] < outer[0]:
        return False
    return outer[1] is None or (inner[1] is not None and inner[1] <= outer[1])


def _deadlines(rules: Rules) -> None:
    spans: dict[tuple[object, ...], list[Span]] = {}
    for row in rules.deadlines:
        if row.legal_kind is not None and row.legal_kind not in LEGAL_KINDS:
            raise RulesError("deadlines.toml", row.rule, f"unknown legal kind {row.legal_kind}")
        spans.setdefault(_selector(row), []).append((row.valid_from, row.valid_to))
    for selector, rows in spans.items():
        _no_overlap("deadlines.toml", str(selector), rows)
    for kind in ("settle", "listen", "object"):
        _whole("deadlines.toml", f"{kind}, default", spans.get((kind, *(None,) * 7), []))


def _selector(row: Deadline) -> tuple[object, ...]:
    asked = (row.legal_kind, row.category, row.severity, row.complex_case, row.especially)
    return (row.kind, *asked, row.settlement, row.remote)


def _escalation(rules: Rules) -> None:
    spans: dict[str, list[Span]] = {}
    for step in rules.escalation.steps:
        spans.setdefault(step.rule, []).append((step.valid_from, step.valid_to))
    for rule, rows in spans.items():
        _no_overlap("escalation.toml", rule, rows)


def _terms(rules: Rules) -> None:
    kinds = {body.kind for body in rules.bodies}
    seen: set[tuple[str, str, date]] = set()
    for term in rules.terms:
        mark = (term.tag, term.phrase, term.valid_from)
        if mark in seen:
            raise RulesError(
                "lexicon-*.toml, signals-*.toml", term.tag, f"{term.phrase!r} stands there twice"
            )
        seen.add(mark)
        prefix, _, kind = term.tag.partition(":")
        if prefix == "co_quan" and kind not in kinds:
            # A body that nobody knows would be kept out of nothing.
            raise RulesError("signals-*.toml", term.tag, f"unknown body {kind}")


def _no_overlap(file: str, where: str, rows: Iterable[Span]) -> list[Span]:
    ordered = sorted(rows)
    for (start, end), (after, _) in pairwise(ordered):
        if end is None or end > after:
            raise RulesError(file, where, f"periods from {start} and {after} overlap")
    return ordered


def _whole(file: str, where: str, rows: Sequence[Span]) -> None:
    ordered = _no_overlap(file, where, rows)
    if not ordered or ordered[0][0] > FIRST_DAY:
        raise RulesError(file, where, f"nothing is in force from {FIRST_DAY}")
    for (_, end), (after, _) in pairwise(ordered):
        if end != after:
            raise RulesError(file, where, f"a gap from {end} to {after}")
    if ordered[-1][1] is not None:
        raise RulesError(file, where, f"nothing is in force from {ordered[-1][1]}")
