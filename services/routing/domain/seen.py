"""What a report says, as rules and model understand it: its place, topic and nature. Owners come after it.

A batch is read a step at a time. What a step goes by (a lexicon, a gazetteer, a table of weights, its own
code) fits in a processor's caches; what all steps go by does not, so report by report each would wait for
what the others drove out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.routing.domain.accused import Accusation, accusation
from services.routing.domain.basis import Basis
from services.routing.domain.case import Nature, Place, Report, Topic
from services.routing.domain.nature import Signals, nature_of
from services.routing.domain.text import Text, read
from services.routing.domain.topic import corrupted, topic_of


@dataclass(frozen=True, slots=True)
class Seen:
    """A report's words and signal phrases, and what they come to."""

    text: Text
    signals: Signals
    place: Place
    topic: Topic
    nature: Nature


def see(report: Report, basis: Basis, place: Place | None = None) -> Seen:
    """`place`: where it is, if that is known; the part of a report is where the report is."""
    return _steps((report,), basis, place)[0]


def see_all(reports: Sequence[Report], basis: Basis) -> Sequence[Seen | None]:
    """As `see`, of a batch, in its order.

    Nothing of any if one of them breaks a step: then each is seen when it is decided on, where what breaks
    goes to a person and the others go their way.
    """
    try:
        return _steps(reports, basis)
    except Exception:
        return [None] * len(reports)


def _steps(reports: Sequence[Report], basis: Basis, known: Place | None = None) -> list[Seen]:
    rules, days = basis.rules, [report.report_date for report in reports]
    texts = [read(report.text) for report in reports]
    hits = list(map(basis.lexicon.hits, texts, days))
    places = [known or _place(report, text, basis) for report, text in zip(reports, texts, strict=True)]
    said = basis.model.read_all(texts)
    signals = list(map(Signals, texts, hits, said))
    topics = [topic_of(*of, rules=rules) for of in zip(texts, hits, said, strict=True)]
    charges = [accusation(s.text, s.found, t.category, s.said) for s, t in zip(signals, topics, strict=True)]
    topics = [_gained(topic, charge, basis) for topic, charge in zip(topics, charges, strict=True)]
    natures = [nature_of(*of, rules=rules) for of in zip(signals, charges, topics, places, strict=True)]
    return list(map(Seen, texts, signals, places, topics, natures))


def _gained(topic: Topic, charge: Accusation, basis: Basis) -> Topic:
    if charge.corrupt and topic.category != "tham-nhung-tieu-cuc":
        return corrupted(topic, charge.words, basis.rules)
    return topic


def _place(report: Report, text: Text, basis: Basis) -> Place:
    return basis.gazetteer.place(
        text,
        report.place_hint,
        report.reporter_unit,
        report.channel,
        report.report_date,
        location=report.location,
    )
