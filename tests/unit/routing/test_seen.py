"""A batch of reports is read a step at a time; what is decided is what each alone would have led to."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain import linear
from services.routing.domain.decide import opened
from services.routing.domain.parts import _APART, _MARKS, may_be_mixed
from services.routing.domain.seen import see_all
from services.routing.domain.text import fold, read
from services.routing.use_cases.decide_reports import new_reports
from tests.unit.routing.corpus import reports
from tests.unit.routing.ground import basis, received, report


def decisions(batch, ground):
    seen = see_all(batch, ground)
    return [opened(one, one.received_at, ground, found) for one, found in zip(batch, seen, strict=True)]


def test_together_as_alone():
    batch = [made for made, _ in reports()]
    assert decisions(batch, basis()) == [opened(one, one.received_at, basis()) for one in batch]


@given(st.lists(st.text(max_size=60), max_size=120))
def test_whatever_texts_stand_together(texts):
    read_alone = [basis().model.read(read(text)).of("category") for text in texts]
    together = basis().model.read_all([read(text) for text in texts])
    assert [said.of("category") for said in together] == read_alone


class _Breaking:
    """A lexicon that one word breaks."""

    def __init__(self, lexicon):
        self._lexicon = lexicon

    def hits(self, text, on):
        if "gãy" in text.words:
            raise ZeroDivisionError("a rule that nobody tried")
        return self._lexicon.hits(text, on)


def test_of_a_batch_only_what_breaks_goes_to_a_person():
    broken = replace(basis(), lexicon=_Breaking(basis().lexicon))
    whole, bad = report("Rác ở phường Vũ Ninh ba ngày không ai thu gom"), report("Cây gãy ở phường Vũ Ninh")
    (good,), (to_a_person,) = decisions([whole, bad], broken)
    assert (good,) == opened(whole, whole.received_at, basis())
    assert (to_a_person.facts.state, to_a_person.findings.error) == ("triage", "ZeroDivisionError")


def test_words_of_one_report_never_stand_in_the_reasons_of_another(monkeypatch):
    """Though what the model remembers is forgotten between the two, and their rows given to other words."""
    model = basis().model
    ours = [report(f"Rácthải{n}kx thối{n}ứđọng gom rác ở phường Vũ Ninh") for n in range(48)]
    others = [report(" ".join(f"bímật{n}nguyễn{m}" for m in range(20))) for n in range(48)]
    model._forget()
    alone = [opened(one, one.received_at, basis()) for one in ours]
    model._forget()
    monkeypatch.setattr(linear, "_MOST", model._taught + 48 * 20)
    assert decisions([*ours, *others], basis())[:48] == alone


def test_of_one_report_told_twice_the_first_is_decided_on():
    event = received(report("Rác ở phường Vũ Ninh ba ngày không ai thu gom"))
    ((kept, _),) = new_reports([event, event.model_copy(update={"text": ""})], set(), basis()).values()
    assert kept.text == event.text


def test_only_new_reports_are_read():
    event = received(report("Rác ở phường Vũ Ninh ba ngày không ai thu gom"))
    other = event.model_copy(update={"report_id": UUID(int=8)})
    ((kept, seen),) = new_reports([event, other], {event.report_id}, basis()).values()
    assert kept.report_id == other.report_id
    assert seen.topic.category == "rac-thai"


@pytest.mark.parametrize("sign", [*_APART, *map(fold, _APART), *_MARKS, "(B)", "NGOÀI RA"])
def test_every_sign_of_several_matters_is_seen_at_a_glance(sign):
    assert may_be_mixed(read(f"Rác chưa gom. {sign} đèn đường không sáng"))
    assert not may_be_mixed(read("Rác chưa gom, đèn đường không sáng"))
