"""Why this unit, this body, this date: the reasons of a decision in plain Vietnamese."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.routing.domain.case import Case, Reason
from services.routing.views.names import Names
from services.routing.views.terms import last_day, term

__all__ = ["QUESTIONS", "Answer", "Point", "Why", "last_day"]

_ABOUT = {
    "place": "unit",
    "topic": "category",
    "model": "category",
    "nature": "nature",
    "severity": "nature",
    "level": "nature",
    "accused": "bodies",
    "competence": "bodies",
    "audience": "bodies",
    "time": "triage",
    "spam": "triage",
    "error": "triage",
    "case": "end",
    "map": "unit",
    "person": "nature",
    "life": "bodies",
    "clock": "dates",
    "incident": "incident",
    "escalation": "rise",
}
"""Which question a reason answers, by the first part of its rule's id; deadlines answer `dates`."""
_ABOUT_RULE = {
    "person.unit": "unit",
    "person.category": "category",
    "person.accused": "bodies",
    "life.tra-loi": "end",
    "life.tra-loi-chung": "end",
    "life.da-bao": "end",
    "life.dong-y": "end",
    "life.khong-phan-doi": "end",
    "life.het-cap": "end",
    "life.tam-dinh-chi": "dates",
    "life.tiep-tuc": "dates",
    "life.phuc-tap": "dates",
    "phan-hoi": "end",
}
"""As above, for rules that differ from others of their kind."""
QUESTIONS = ("triage", "unit", "category", "nature", "bodies", "rise", "dates", "incident", "end")


@dataclass(frozen=True, slots=True)
class Point:
    """One reason in words, the law it rests on, and its rule's id and version for who looks it up."""

    text: str
    basis: str | None
    rule: str
    version: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A question that a page answers (key of QUESTIONS) with its points."""

    question: str
    points: Sequence[Point]
    since: datetime | None = None
    """When the decision that gives these reasons was taken."""


class Why:
    """Tells a case's reasons; `erased`: the words that decided are gone with the text."""

    def __init__(self, case: Case, names: Names, *, erased: bool) -> None:
        self._case = case
        self._names = names
        self._texts = names.texts
        self._erased = erased

    def answers(self, reasons: Iterable[Reason]) -> list[Answer]:
        """The questions that these reasons answer, in the order that people ask them."""
        points: dict[str, list[Point]] = {}
        for reason in reasons:
            points.setdefault(_question(reason.rule), []).append(self.point(reason))
        return [Answer(question, points[question]) for question in QUESTIONS if question in points]

    def point(self, reason: Reason) -> Point:
        """One reason in words."""
        first, _, rest = reason.rule.partition(".")
        told = {
            "place": self._place,
            "topic": self._topic,
            "model": self._model,
            "nature": self._nature,
            "severity": self._severity,
            "competence": self._competence,
            "error": self._error,
        }.get(first)
        if told is not None:
            text = told(rest, reason)
        elif first in _ABOUT:
            text = self._said(f"{first}.{rest}", reason)
        else:
            text = term(reason, self._case, self._names)
        return Point(text, reason.basis, reason.rule, reason.version)

    def _place(self, outcome: str, reason: Reason) -> str:
        unit = self._names.place(self._case.facts.unit, self._case.facts.report_date)
        text = self._texts.text(f"why.place.{outcome}", unit=unit)
        evidence = [self._evidence(word) for word in dict.fromkeys(reason.words)]
        return f"{text}: {'; '.join(evidence)}." if evidence else f"{text}."

    def _evidence(self, word: str) -> str:
        kind, _, said = word.partition(":")
        return self._texts.label("why.evidence", kind).format(said=said)

    def evidence(self, words: Iterable[str]) -> str:
        """What speaks for a candidate."""
        return "; ".join(self._evidence(word) for word in dict.fromkeys(words))

    def _topic(self, category: str, reason: Reason) -> str:
        if category in ("khac", "chuc-vu-va-loi-ich"):
            return self._said(f"topic.{category}", reason)
        name = self._texts.label("category", category)
        return self._texts.text("why.topic.words", name=name, words=self._words(reason))

    def _model(self, category: str, reason: Reason) -> str:
        name = self._texts.label("category", category)
        return self._texts.text("why.topic.model", name=name, words=self._words(reason))

    def _nature(self, kind: str, reason: Reason) -> str:
        name = self._texts.label("legal_kind", kind)
        if kind == "thong_tin_to_cao" and not reason.words:
            return self._texts.text("why.nature_charge", name=name)
        return self._words_or_not("why.nature", name, reason)

    def _severity(self, severity: str, reason: Reason) -> str:
        return self._words_or_not("why.severity", self._texts.label("severity", severity), reason)

    def _words_or_not(self, key: str, name: str, reason: Reason) -> str:
        """The words that decided; without any, what holds when nothing else is said."""
        if reason.words:
            return self._texts.text(f"{key}_words", name=name, words=self._words(reason))
        return self._texts.text("why.maybe_erased" if self._erased else f"{key}_none", name=name)

    def _competence(self, rest: str, _reason: Reason) -> str:
        level, category = rest.split(".")[:2]
        facts = self._case.facts
        if facts.purpose == "observation":
            key = "why.competence_observation"
        elif facts.resolving_owner is None:
            key = "why.competence_listening"
        elif facts.unit is None and level == "province" != facts.level:
            key = "why.competence_meanwhile"
        else:
            key = "why.competence"
        return self._texts.text(
            key,
            level=self._texts.label("level", level).lower(),
            category=self._texts.label("category", category),
            resolving=self._names.body(facts.resolving_owner, facts.report_date),
            listening=self._names.body(facts.listening_owner, facts.report_date),
        )

    def _error(self, name: str, _reason: Reason) -> str:
        # The error's own words are for the developer who reads the decision, not for this page.
        return self._texts.text("why.error", name=name)

    def _said(self, key: str, reason: Reason) -> str:
        """A fixed text with the names it asks for, and the words that decided where there are any."""
        facts, on = self._case.facts, self._case.facts.report_date
        names, texts = self._names, self._texts
        # A rule that has no text yet is named rather than hidden.
        text = texts.label("why", key).format(
            unit=names.place(facts.unit, on),
            category=texts.label("category", facts.category),
            legal_kind=texts.label("legal_kind", facts.legal_kind),
            severity=texts.label("severity", str(facts.severity)),
            level=texts.label("level", facts.level),
            resolving=names.body(facts.resolving_owner, on),
            listening=names.body(facts.listening_owner, on),
        )
        return f"{text}: {self._words(reason)}." if reason.words else f"{text}."

    def _words(self, reason: Reason) -> str:
        if not reason.words:
            return self._texts.text("why.words_erased" if self._erased else "why.words_none")
        return ", ".join(f"«{word}»" for word in dict.fromkeys(reason.words))


def _question(rule: str) -> str:
    parts = rule.split(".")
    return _ABOUT_RULE.get(".".join(parts[:2])) or _ABOUT_RULE.get(parts[0]) or _ABOUT.get(parts[0], "dates")
