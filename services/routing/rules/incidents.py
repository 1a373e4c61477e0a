"""The rule files of incidents: their shape, and what they become. Contradictions are refused."""

from datetime import date
from typing import Annotated, get_args

from pydantic import Field

from services.routing.domain.incidents.rules import IncidentPeriod, IncidentRules
from services.routing.domain.incidents.score import WeightName
from services.routing.rules.models import Dated, Row

Phrase = Annotated[str, Field(min_length=2, max_length=80)]
FILES = ("incidents.toml", "matters.toml", "words.toml")


class PeriodRow(Dated):
    id: str
    basis: str
    link: float
    suggest: float
    follow_up: float
    window_days: int = Field(ge=1, le=365)
    follow_up_days: int = Field(ge=1, le=1_100)
    weights: dict[WeightName, float]


class IncidentsFile(Row):
    version: str
    follow_up: tuple[Phrase, ...]
    other_matter: tuple[Phrase, ...]
    period: tuple[PeriodRow, ...] = Field(min_length=1)


class MattersFile(Row):
    """Matter -> the phrases by which residents name it."""

    version: str
    matters: dict[str, tuple[Phrase, ...]]


class WordsFile(Row):
    """What a word tells -> the words that tell so much, folded and divided by white space."""

    version: str
    unknown: float
    weights: dict[float, str]


class Contradiction(Exception):
    """What pydantic cannot see is wrong in a file: which file, and where in it."""

    def __init__(self, file: str, where: str, reason: str) -> None:
        super().__init__(reason)
        self.file = file
        self.where = where


def incident_rules(incidents: IncidentsFile, matters: MattersFile, words: WordsFile) -> IncidentRules:
    """The rules in the domain's words. Raises Contradiction."""
    table: dict[str, float] = {}
    for weight, lines in words.weights.items():
        for word in lines.split():
            if word in table:
                raise Contradiction("words.toml", word, "stands there twice")
            table[word] = weight
    return IncidentRules(
        version=incidents.version,
        periods=tuple(_period(row) for row in sorted(incidents.period, key=_beginning)),
        words=table,
        unknown_word=words.unknown,
        matters=tuple((phrase, matter) for matter, said in matters.matters.items() for phrase in said),
        follow_ups=incidents.follow_up,
        others=incidents.other_matter,
    )


def _period(row: PeriodRow) -> IncidentPeriod:
    missing = set(get_args(WeightName)) - row.weights.keys()
    if missing:
        raise Contradiction("incidents.toml", row.id, f"no weight for {', '.join(sorted(missing))}")
    weights: dict[str, float] = {str(name): weight for name, weight in row.weights.items()}
    if row.suggest > row.link:
        raise Contradiction("incidents.toml", row.id, "`suggest` is above `link`")
    return IncidentPeriod(
        rule=row.id,
        link=row.link,
        suggest=row.suggest,
        follow_up=row.follow_up,
        window_days=row.window_days,
        follow_up_days=row.follow_up_days,
        weights=weights,
        basis=row.basis,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def _beginning(row: PeriodRow) -> date:
    return row.valid_from
