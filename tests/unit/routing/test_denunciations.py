"""From the words to the audience: an accused commune never hears of it, however it is written."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.accused import accusation
from services.routing.domain.audience import assign
from services.routing.domain.decide import open_case
from services.routing.domain.linear import no_model
from services.routing.domain.nature import Signals, nature_of
from services.routing.domain.open import matter_of
from services.routing.domain.owners import unit_of
from services.routing.domain.text import fold, read
from services.routing.domain.topic import topic_of
from shared.units import full_name
from tests.unit.routing.ground import basis, report

OFFICES = ["Chủ tịch", "Phó chủ tịch", "Trưởng công an", "Cán bộ địa chính", "Công chức tư pháp", "Lãnh đạo"]
DEEDS = [
    "nhận hối lộ để ký hồ sơ",
    "ăn chặn tiền hỗ trợ bão",
    "bao che cho quán karaoke",
    "đòi 5 triệu mới cấp sổ",
    "kê khống tiền công trình",
    "lót tay mới làm giấy tờ",
]


@st.composite
def denunciations(draw):
    on = draw(st.dates(date(2024, 1, 1), date(2029, 12, 31)))
    home = draw(st.sampled_from(basis().gazetteer.homes(on)))
    communes = sorted(basis().units.units(on, "commune", home), key=lambda unit: unit.id)
    unit = draw(st.sampled_from(communes))
    text = f"{draw(st.sampled_from(OFFICES))} {full_name(unit)} {draw(st.sampled_from(DEEDS))}"
    return unit, on, fold(text) if draw(st.booleans()) else text


@settings(max_examples=300, deadline=None)
@given(denunciations())
def test_a_denounced_commune_is_never_in_the_audience(told):
    unit, on, text = told
    made = report(text, on)
    decision = open_case(made, made.received_at, basis())
    assert decision.facts.restricted
    assert {unit_of(body) for body in decision.audience} == {decision.facts.path[-1]}
    assert unit.id not in {unit_of(body) for body in decision.audience}


@settings(max_examples=150, deadline=None)
@given(denunciations())
def test_with_the_accused_unrecognised_it_still_stays_at_the_province(told):
    _, on, text = told
    made = report(text, on)
    known = read(text)
    hits = tuple(hit for hit in basis().lexicon.hits(known, on) if not hit.term.tag.startswith("vai:"))
    place = basis().gazetteer.place(known, None, None, "web", on)
    said = no_model().read(known)
    signals = Signals(known, hits, said)
    topic = topic_of(known, hits, said, basis().rules)
    charge = accusation(known, signals.found, topic.category, said)
    nature = nature_of(signals, charge, topic, place, basis().rules)
    matter = matter_of(made, place, topic, nature, basis())
    owners = assign(matter, basis().registry, basis().units, "test")
    assert charge.role is None
    assert {unit_of(body) for body in owners.audience} == {matter.path[-1]}


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=160), st.dates(date(2024, 1, 1), date(2029, 12, 31)))
def test_no_text_breaks_a_decision(text, on):
    made = report(text, on, place_hint=text[:40] or None)
    decision = open_case(made, made.received_at, basis())
    assert decision.findings.error is None
    assert decision.facts.listening_owner in decision.audience
