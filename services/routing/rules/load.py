"""Reads the rule files into the domain's `Rules`. A fault is refused with file, table and reason; the rules
that run stay as they are, since a new `Rules` is only made when everything agrees.
"""

import hashlib
import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from services.routing.domain.incidents.rules import IncidentRules
from services.routing.domain.ruleset import (
    BodyKind,
    CalendarRules,
    CategoryRule,
    Competence,
    Deadline,
    Landmark,
    PlaceRules,
    Remote,
    Rules,
    SpecialDay,
    Term,
)
from services.routing.rules import escalation, incidents, models
from services.routing.rules.checks import RulesError, check

TABLES = (
    *("bodies.toml", "calendar.toml", "competences.toml", "deadlines.toml", "places.toml"),
    *incidents.FILES,
    escalation.FILE,
)
PHRASES = ("lexicon-*.toml", "signals-*.toml")
_WEIGHTS = {"strong": 3.0, "plain": 2.0, "weak": 1.0}
_File = TypeVar("_File", bound=BaseModel)


def standard() -> Rules:
    """The rules that are delivered with the service."""
    return load(Path(__file__).parent)


def load(folder: Path) -> Rules:
    """All rules of a folder in one version (a digest of the files). Raises RulesError."""
    names = [*TABLES, *sorted(path.name for pattern in PHRASES for path in folder.glob(pattern))]
    raw = {name: _bytes(folder / name) for name in names}
    digest = hashlib.sha256(b"\0".join(raw.values())).hexdigest()[:12]
    lexicon = [_read(models.LexiconFile, name, raw) for name in names if name.startswith("lexicon-")]
    signals = [_read(models.SignalsFile, name, raw) for name in names if name.startswith("signals-")]
    rows = [row for file in lexicon for row in file.terms]
    deadlines = _read(models.DeadlinesFile, "deadlines.toml", raw)
    rules = Rules(
        version=f"rules-{digest}",
        terms=(*_terms(rows), *_signals(row for file in signals for row in file.signal)),
        categories={row.category: CategoryRule(row.category, row.severity, row.basis) for row in rows},
        bodies=tuple(_bodies(_read(models.BodiesFile, "bodies.toml", raw))),
        competences=tuple(_competences(_read(models.CompetencesFile, "competences.toml", raw))),
        deadlines=tuple(map(_deadline, deadlines.deadline)),
        calendar=_calendar(_read(models.CalendarFile, "calendar.toml", raw)),
        places=_places(_read(models.PlacesFile, "places.toml", raw)),
        forward_minutes=deadlines.forward_minutes,
        remote=tuple(Remote(frozenset(r.codes), r.valid_from, r.valid_to) for r in deadlines.remote),
        incidents=_incidents(raw),
        escalation=escalation.escalation_rules(_read(escalation.EscalationFile, escalation.FILE, raw)),
    )
    check(rules)
    return rules


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RulesError(path.name, "file", error.strerror or "cannot be read") from error


def _read(model: type[_File], name: str, raw: dict[str, bytes]) -> _File:
    try:
        return model.model_validate(tomllib.loads(raw[name].decode()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesError(name, "syntax", str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise RulesError(name, where, first["msg"]) from error


def _terms(rows: Iterable[models.TermsRow]) -> Iterable[Term]:
    for row in rows:
        for strength, weight in _WEIGHTS.items():
            for phrase in getattr(row, strength):
                yield _term(phrase, row.category, weight, f"lexicon.{row.category}", row)


def _signals(rows: Iterable[models.SignalRow]) -> Iterable[Term]:
    for row in rows:
        for phrase in row.phrases:
            yield _term(phrase, row.tag, 1.0, f"signal.{row.tag}", row)


def _term(phrase: str, tag: str, weight: float, rule: str, row: models.Dated) -> Term:
    return Term(phrase, tag, weight, rule, row.valid_from, row.valid_to)


def _bodies(file: models.BodiesFile) -> Iterable[BodyKind]:
    for row in file.body:
        for level in row.levels:
            # Districts were abolished on 2025-07-01, and their bodies with them.
            ends = date(2025, 7, 1) if level == "district" and row.valid_to is None else row.valid_to
            yield BodyKind(row.kind, level, row.name, row.basis, row.valid_from, ends)


def _competences(file: models.CompetencesFile) -> Iterable[Competence]:
    for period in file.period:
        for category, kinds in period.owners.items():
            yield Competence(
                rule=f"competence.{period.level}.{category}",
                category=category,
                level=period.level,
                listening=kinds[0],
                resolving=kinds[1] if len(kinds) == 2 else None,
                basis=period.basis,
                valid_from=period.valid_from,
                valid_to=period.valid_to,
            )


def _deadline(row: models.DeadlineRow) -> Deadline:
    return Deadline(
        rule=row.id,
        kind=row.kind,
        legal_kind=row.legal_kind,
        severity=row.severity,
        complex_case=row.complex,
        amount=row.amount,
        unit=row.unit,
        basis=row.basis,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        category=row.category,
        settlement=row.settlement,
        remote=row.remote,
        especially=row.especially,
    )


def _calendar(file: models.CalendarFile) -> CalendarRules:
    days = tuple(SpecialDay(row.day, row.working, row.basis) for row in file.day)
    return CalendarRules(days, frozenset(file.official_years))


def _places(file: models.PlacesFile) -> PlaceRules:
    marks = tuple(Landmark(row.phrase, row.communes, row.valid_from, row.valid_to) for row in file.landmark)
    return PlaceRules(
        version=file.version,
        sure=file.sure,
        weights=file.weights,
        landmarks=marks,
        outside=file.outside,
        common=frozenset(file.common),
    )


def _incidents(raw: dict[str, bytes]) -> IncidentRules:
    try:
        return incidents.incident_rules(
            _read(incidents.IncidentsFile, "incidents.toml", raw),
            _read(incidents.MattersFile, "matters.toml", raw),
            _read(incidents.WordsFile, "words.toml", raw),
        )
    except incidents.Contradiction as error:
        raise RulesError(error.file, error.where, str(error)) from error
