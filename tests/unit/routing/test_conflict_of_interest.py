"""The conflict of interest holds when detection fails: whichever detectors miss, as long as one sign is left.

Texts are the accusations of `test_never_told` in all their wordings, and the accusing reports of the samples,
those among them by other writers, who told the same kinds of things in words of their own.
Detectors are switched off at random: who is named in office, which bodies are named, what deeds are told, the
category, the kind in law, and the model.
"""

from dataclasses import replace
from datetime import date

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from deploy.cli.samples import HELD, samples
from services.routing.domain.accused import accusation
from services.routing.domain.audience import assign
from services.routing.domain.linear import no_model
from services.routing.domain.nature import Signals, nature_of
from services.routing.domain.open import matter_of
from services.routing.domain.owners import unit_of
from services.routing.domain.text import fold, read
from services.routing.domain.topic import topic_of
from tests.unit.routing.corpus import reports
from tests.unit.routing.ground import basis, report
from tests.unit.routing.test_never_told import accusing

DETECTORS = ("office", "bodies", "deeds", "category", "kind", "model")
TAGS = {
    "office": ("vai:",),
    "bodies": ("co_quan",),
    "deeds": ("hanh_vi", "viec_lam", "viec_nhe", "viec_truong", "thai_do", "tac_phong", "an_danh", "to_cao"),
}
OTHER = ("rac-thai", "dat-dai", "giao-duc", "dien-chieu-sang", "xay-dung-trat-tu-do-thi")
ACCUSING = [
    (made, labels)
    for made, labels in (*reports(), *((s.report, s.labels) for held in HELD.values() for s in samples(held)))
    if labels["accused"] and labels["accused"].startswith("commune") and labels["unit"]
]
off = st.sets(st.sampled_from(DETECTORS), max_size=len(DETECTORS) - 1)


def judged(made, blind, elsewhere):
    """Who would own the case and know of it, and whether a sign is left."""
    ground, on = basis(), made.report_date
    text = read(made.text)
    hidden = tuple(tag for name in blind & TAGS.keys() for tag in TAGS[name])
    hits = tuple(hit for hit in ground.lexicon.hits(text, on) if not hit.term.tag.startswith(hidden or "\0"))
    said = (no_model() if "model" in blind else ground.model).read(text)
    place = ground.gazetteer.place(text, made.place_hint, made.reporter_unit, made.channel, on)
    topic = topic_of(text, hits, said, ground.rules)
    if "category" in blind:
        topic = replace(topic, category=elsewhere)
    signals = Signals(text, hits, said)
    charge = accusation(text, signals.found, topic.category, said)
    nature = nature_of(signals, charge, topic, place, ground.rules)
    if "kind" in blind:
        nature = replace(nature, legal_kind="phan_anh")
    matter = matter_of(made, place, topic, nature, ground)
    owners = assign(matter, ground.registry, ground.units, "test")
    signs = (
        "hanh_vi" in signals,
        any(tag.startswith("vai:") for tag in signals.found) and nature.accused is not None,
        topic.category == "tham-nhung-tieu-cuc",
        nature.legal_kind == "thong_tin_to_cao",
    )
    return (
        matter,
        {body for body in (owners.listening, owners.resolving, *owners.audience) if body},
        any(signs),
    )


@settings(max_examples=200, deadline=None)
@given(accusing(), off, st.sampled_from(OTHER))
def test_nobody_below_the_province_knows_while_one_sign_is_left(drawn, blind, elsewhere):
    on, told = drawn
    made = report(told.text, on, reporter_unit=told.commune.code)
    matter, who, left = judged(made, blind, elsewhere)
    assume(left and told.commune_accused and "office" not in blind)
    assert {unit_of(body) for body in who} == {matter.path[-1]}


@settings(max_examples=200, deadline=None)
@given(accusing(), off, st.sampled_from(OTHER))
def test_with_the_office_missed_the_accused_is_nowhere_in_the_audience(drawn, blind, elsewhere):
    on, told = drawn
    made = report(told.text, on, reporter_unit=told.commune.code)
    matter, who, left = judged(made, (blind | {"office"}) - {"deeds"}, elsewhere)
    assume(left and told.commune_accused)
    assert {unit_of(body) for body in who} == {matter.path[-1]}


def test_a_low_office_whose_deed_was_not_read_hides_nobody_above_it():
    text = (
        "BAN TUYEN GIAO VA DAN VAN VA UY BAN NHAN DAN XA YEN PHU VA TRUONG THON O XA YEN PHU DOI 5 TRIEU "
        "MOI KY GIAY DAN HOI VE RAC THAI BOC MUI."
    )
    made = report(text, date(2025, 6, 15), reporter_unit="09220")
    matter, who, left = judged(made, {"deeds", "bodies"}, "rac-thai")
    assert left
    assert {unit_of(body) for body in who} == {matter.path[-1]}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(ACCUSING), off, st.sampled_from(OTHER), st.booleans(), st.booleans())
def test_the_accused_of_the_samples_never_know(sample, blind, elsewhere, plain, loud):
    made, labels = sample
    words = fold(made.text) if plain else made.text
    made = replace(made, text=words.upper() if loud else words)
    _, who, left = judged(made, blind, elsewhere)
    assume(left)
    accused = basis().units.by_code(labels["unit"], made.report_date, "commune")
    below = {unit.id for unit in basis().units.descendants(accused.id, made.report_date)}
    assert {accused.id, *below}.isdisjoint(map(unit_of, who))
