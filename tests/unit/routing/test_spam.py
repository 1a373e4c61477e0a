"""What is no report at all is kept aside; what may be one never is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.routing.corpus import decided
from tests.unit.routing.ground import opened

EMPTY = ("", ".", "alo alo", "👍👍👍", "asdkjh", "???")
ADVERTS = (
    "Vay tiền nhanh 0% lãi tháng đầu, duyệt trong 5 phút",
    "Tăng like tăng follow, ib em nhé",
)
REAL = (
    "Rác ở phường Vũ Ninh ba ngày không ai thu gom, inbox để biết thêm",
    "cuu voi",
    "Chủ tịch xã ăn chặn tiền hỗ trợ, link ảnh tôi gửi sau",
    "Phường Vũ Ninh",
    "mất điện",
)


@pytest.mark.parametrize("text", [*EMPTY, *ADVERTS])
def test_nobody_is_called_for_what_says_nothing(text):
    decision = opened(text)
    assert decision.facts.state == "spam"
    assert decision.facts.deadlines is None
    assert any(reason.rule.startswith("spam.") for reason in decision.reasons)


@pytest.mark.parametrize("text", REAL)
def test_a_place_a_matter_an_office_or_a_danger_makes_it_a_report(text):
    assert opened(text).facts.state != "spam"


def test_no_report_of_the_samples_is_thrown_away():
    aside = {labels["category"] for _, labels, decision in decided() if decision.facts.state == "spam"}
    assert aside == {"khac"}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(REAL), st.sampled_from(ADVERTS))
def test_an_advertisement_beside_a_report_takes_nothing_away(real, advert):
    assert opened(f"{real}. {advert}").facts.state != "spam"
