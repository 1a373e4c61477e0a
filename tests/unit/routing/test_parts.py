"""Mixed contents become cases of their own only where it is clear; what is guarded never does."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain import decide as decide_module
from services.routing.domain import parts, seen
from services.routing.domain.decide import OpenCase, decide
from services.routing.domain.parts import may_be_of, part_id, parts_of
from services.routing.domain.text import read
from shared.contracts.vocabulary import CATEGORIES
from tests.unit.routing.corpus import decided
from tests.unit.routing.ground import AFTER, basis, report
from tests.unit.routing.test_never_told import accusing

MIXED = (
    "Phường Vũ Ninh có hai việc: rác thải ở ngõ chợ ba ngày chưa thu gom, bãi rác bốc mùi. "
    "Ngoài ra đèn đường ở dốc cháy bốn bóng, cột điện nghiêng."
)


def cases(text, **told):
    made = report(text, **told)
    return decide(None, OpenCase(made, made.received_at), basis())


def test_each_matter_has_its_own_case_owner_and_words():
    root, part = cases(MIXED)
    assert {root.facts.category, part.facts.category} == {"rac-thai", "dien-chieu-sang"}
    assert root.root_id == root.case_id == part.root_id != part.case_id
    assert root.part is None
    assert part.part.text in MIXED
    assert part.part.text != MIXED
    assert root.facts.resolving_owner != part.facts.resolving_owner
    assert part.facts.unit == root.facts.unit


def test_read_again_the_same_parts_have_the_same_ids():
    assert [d.case_id for d in cases(MIXED)] == [d.case_id for d in cases(MIXED)]
    root, part = cases(MIXED)
    assert part.case_id == part_id(root.case_id, 2)


def test_a_part_stands_beside_its_report_wherever_cases_go_by_their_ids():
    root, later = UUID("01942f6e-8c00-7a31-9c55-3d1f0e6b7a20"), UUID("01942f6e-8c01-7000-8000-000000000000")
    parts = [part_id(root, number) for number in (2, 3)]
    assert len({root, *parts}) == 3
    assert all(part < later and part.version == 7 and part.variant == root.variant for part in parts)


@given(st.uuids(), st.uuids(), st.integers(2, len(CATEGORIES)))
def test_a_case_is_told_by_its_id_to_be_of_its_report_alone(root, other, number):
    assert may_be_of(root, root)
    assert may_be_of(root, part_id(root, number))
    assert may_be_of(other, part_id(root, number)) == (other == root)
    assert may_be_of(other, root) == (other == root)


@pytest.mark.parametrize(
    "text",
    [
        "Rác thải ở phường Vũ Ninh ba ngày chưa thu gom. Bãi rác bốc mùi, ruồi nhặng bay vào nhà.",
        "Ở phường Vũ Ninh có hai việc làm tôi bức xúc. Rác thải không ai gom. Bãi rác bốc mùi.",
        "Rác thải ở phường Vũ Ninh chưa gom. Nhân đây tôi cảm ơn các anh đã nghe dân.",
    ],
)
def test_one_matter_stays_one_case(text):
    assert len(cases(text)) == 1


def test_of_the_samples_only_mixed_ones_are_cut():
    cut = [
        made.text
        for made, _, decision in decided()
        if not decision.facts.restricted and parts_of(made.text, basis(), made.report_date)
    ]
    assert 0 < len(cut) <= 10


@settings(max_examples=150, deadline=None)
@given(accusing(), st.booleans())
def test_what_is_guarded_is_never_cut(drawn, first):
    on, told = drawn
    text = f"{told.text} Ngoài ra {MIXED}" if first else f"{MIXED} Ngoài ra {told.text}"
    made = replace(report(text, on), reporter_unit=told.commune.code)
    decisions = decide(None, OpenCase(made, made.received_at), basis())
    assert decisions[0].facts.restricted
    assert len(decisions) == 1


def test_a_day_of_the_report_is_that_of_its_parts():
    assert {d.facts.report_date for d in cases(MIXED)} == {AFTER}


@pytest.mark.parametrize(
    "text",
    [
        "Rác ở phường Vũ Ninh ba ngày không ai thu gom.\nNgoài ra.\n" + "ạ.\n" * 3_300,
        "Rác ở phường Vũ Ninh. " + "Ngoài ra ạ. " * 800,
    ],
)
def test_a_text_made_to_be_cut_costs_no_more_than_its_length(text):
    """Counted by what is read, not by a clock."""
    made, words = report(text[:10_000]), 0

    def counted(raw):
        nonlocal words
        words += len(raw.split())
        return read(raw)

    with pytest.MonkeyPatch.context() as patch:
        for module in (seen, parts, decide_module):
            patch.setattr(module, "read", counted)
        (only,) = decide(None, OpenCase(made, made.received_at), basis())
    assert only.facts.unit is not None
    assert words <= 6 * len(made.text.split())
