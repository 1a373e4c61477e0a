"""Reads the rule files into the domain's `Rules`. A fault is refused with file, line and reason; the rules
that run stay as they are, since a new `Rules` is only made when everything agrees.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
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
from services.routing.rules.checks import check
from services.routing.rules.where import RulesError, Spots

TABLES = (
    *("bodies.toml", "calendar.toml", "competences.toml", "deadlines.toml", "places.toml"),
    *incidents.FILES,
    escalation.FILE,
)
PHRASES = ("lexicon-*.toml", "signals-*.toml")
_WEIGHTS = {"strong": 3.0, "plain": 2.0, "weak": 1.0}
_AT_LINE = re.compile(r"at line (\d+)")
_File = TypeVar("_File", bound=BaseModel)
_Row = TypeVar("_Row")


def standard() -> Rules:
    """The rules that are delivered with the service."""
    return load(Path(__file__).parent)


def load(folder: Path) -> Rules:
    """All rules of a folder in one version (a digest of the files). Raises RulesError."""
    return parse(files_of(folder))


def files_of(folder: Path) -> dict[str, bytes]:
    """The rule files of a folder as they are. Raises RulesError for one that cannot be read."""
    names = [*TABLES, *sorted(path.name for pattern in PHRASES for path in folder.glob(pattern))]
    return {name: _bytes(folder / name) for name in names}


def version_of(raw: Mapping[str, bytes]) -> str:
    """What these files are called by: it follows their content."""
    return f"rules-{hashlib.sha256(bytes(1).join(raw.values())).hexdigest()[:12]}"


def parse(raw: dict[str, bytes]) -> Rules:
    """The rules that these files make. Raises RulesError with file, line and reason."""
    lexicon = {n: _read(models.LexiconFile, n, raw) for n in raw if n.startswith("lexicon-")}
    signals = {n: _read(models.SignalsFile, n, raw) for n in raw if n.startswith("signals-")}
    deadlines = _read(models.DeadlinesFile, "deadlines.toml", raw)
    spots = Spots(raw)
    rules = Rules(
        version=version_of(raw),
        terms=(*_terms(lexicon, spots), *_signals(signals, spots)),
        categories={
            row.category: CategoryRule(row.category, row.severity, row.basis)
            for file in lexicon.values()
            for row in file.terms
        },
        bodies=tuple(_bodies(_read(models.BodiesFile, "bodies.toml", raw), spots)),
        competences=tuple(_competences(_read(models.CompetencesFile, "competences.toml", raw), spots)),
        deadlines=_put(map(_deadline, deadlines.deadline), spots, "deadlines.toml", "deadline"),
        calendar=_calendar(_read(models.CalendarFile, "calendar.toml", raw)),
        places=_places(_read(models.PlacesFile, "places.toml", raw)),
        forward_minutes=deadlines.forward_minutes,
        remote=tuple(Remote(frozenset(r.codes), r.valid_from, r.valid_to) for r in deadlines.remote),
        incidents=_incidents(raw, spots),
        escalation=escalation.escalation_rules(_read(escalation.EscalationFile, escalation.FILE, raw)),
    )
    _put(rules.escalation.steps, spots, escalation.FILE, "step")
    _put(rules.incidents.periods, spots, "incidents.toml", "period")
    check(rules, spots)
    return rules


def _put(rows: Iterable[_Row], spots: Spots, file: str, table: str) -> tuple[_Row, ...]:
    """The rows of an array of tables, in the file's order, with where they stand."""
    return tuple(spots.put(row, file, table, n) for n, row in enumerate(rows))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RulesError(path.name, "file", error.strerror or "cannot be read") from error


def _read(model: type[_File], name: str, raw: dict[str, bytes]) -> _File:
    try:
        return model.model_validate(tomllib.loads(raw[name].decode()))
    except UnicodeDecodeError as error:
        line = raw[name].count(b"\n", 0, error.start) + 1
        raise RulesError(name, "syntax", "not UTF-8", line) from error
    except tomllib.TOMLDecodeError as error:
        told = _AT_LINE.search(str(error))
        raise RulesError(name, "syntax", str(error), int(told[1]) if told else None) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise RulesError(name, where, first["msg"], Spots(raw).line(name, first["loc"])) from error


def _terms(files: Mapping[str, models.LexiconFile], spots: Spots) -> Iterable[Term]:
    for name, file in files.items():
        for n, row in enumerate(file.terms):
            for strength, weight in _WEIGHTS.items():
                for phrase in getattr(row, strength):
                    term = _term(phrase, row.category, weight, f"lexicon.{row.category}", row)
                    yield spots.put(term, name, "terms", n, strength)


def _signals(files: Mapping[str, models.SignalsFile], spots: Spots) -> Iterable[Term]:
    for name, file in files.items():
        for n, row in enumerate(file.signal):
            for phrase in row.phrases:
                yield spots.put(
                    _term(phrase, row.tag, 1.0, f"signal.{row.tag}", row), name, "signal", n, "phrases"
                )


def _term(phrase: str, tag: str, weight: float, rule: str, row: models.Dated) -> Term:
    return Term(phrase, tag, weight, rule, row.valid_from, row.valid_to)


def _bodies(file: models.BodiesFile, spots: Spots) -> Iterable[BodyKind]:
    for n, row in enumerate(file.body):
        for level in row.levels:
            # Districts were abolished on 2025-07-01, and their bodies with them.
            ends = date(2025, 7, 1) if level == "district" and row.valid_to is None else row.valid_to
            kind = BodyKind(row.kind, level, row.name, row.basis, row.valid_from, ends)
            yield spots.put(kind, "bodies.toml", "body", n)


def _competences(file: models.CompetencesFile, spots: Spots) -> Iterable[Competence]:
    for n, period in enumerate(file.period):
        for category, kinds in period.owners.items():
            rule = f"competence.{period.level}.{category}"
            competence = Competence(
                rule=f"{rule}.{period.flag}" if period.flag else rule,
                category=category,
                level=period.level,
                listening=kinds[0],
                resolving=kinds[1] if len(kinds) == 2 else None,
                basis=period.basis,
                valid_from=period.valid_from,
                valid_to=period.valid_to,
                flag=period.flag,
            )
            yield spots.put(competence, "competences.toml", "period", n, "owners", category)


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
        weights=file.weights.model_dump(),
        landmarks=marks,
        outside=file.outside,
        common=frozenset(file.common),
    )


def _incidents(raw: dict[str, bytes], spots: Spots) -> IncidentRules:
    try:
        return incidents.incident_rules(
            _read(incidents.IncidentsFile, "incidents.toml", raw),
            _read(incidents.MattersFile, "matters.toml", raw),
            _read(incidents.WordsFile, "words.toml", raw),
        )
    except incidents.Contradiction as error:
        line = spots.line(error.file, tuple(error.where.split(".")))
        raise RulesError(error.file, error.where, str(error), line) from error
