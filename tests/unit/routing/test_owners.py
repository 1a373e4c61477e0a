"""Two owners: each organisation listens to its own field, and who settles is a matter of the date."""

from datetime import date

import pytest

from shared.contracts.vocabulary import CATEGORIES
from tests.unit.routing.ground import AFTER, BEFORE, CITY, basis, opened

LISTENERS = {
    "lao-dong-bhxh": "cong_doan",
    "dat-dai": "nong_dan",
    "nong-nghiep-thuy-loi": "nong_dan",
    "tre-em-bao-luc-gd": "phu_nu",
    "an-ninh-trat-tu": "cuu_chien_binh",
    "nguoi-co-cong": "cuu_chien_binh",
}
"""Who listens, of each organisation's own field; the Front listens to everything else."""


@pytest.mark.parametrize("on", [BEFORE, AFTER, CITY])
@pytest.mark.parametrize("level", ["commune", "province"])
def test_each_organisation_listens_to_its_own_field(level, on):
    for category in CATEGORIES:
        row = basis().registry.competence(category, level, on)
        assert row.listening == LISTENERS.get(category, "mttq"), category


def test_a_workers_report_is_followed_by_the_union_and_settled_by_the_competent_department():
    facts = opened("Công ty ở phường Quế Võ nợ lương, nợ bảo hiểm xã hội của công nhân ba tháng").facts
    assert (facts.category, facts.level) == ("lao-dong-bhxh", "province")
    assert facts.listening_owner == f"cong_doan@{basis().home(AFTER)}"
    assert facts.resolving_owner == f"so_noi_vu@{basis().home(AFTER)}"


@pytest.mark.parametrize(
    ("category", "level", "on", "kind"),
    [
        ("dat-dai", "commune", BEFORE, "ubnd"),
        ("dat-dai", "commune", AFTER, "phong_kinh_te"),
        ("dat-dai", "province", BEFORE, "so_nnmt"),
        ("dat-dai", "province", date(2025, 2, 28), "so_tnmt"),
        ("vien-thong-cds", "province", date(2025, 2, 28), "so_tttt"),
        ("vien-thong-cds", "province", AFTER, "so_khcn"),
        ("xay-dung-dang-chinh-quyen", "province", date(2025, 2, 28), "ban_dan_van"),
        ("xay-dung-dang-chinh-quyen", "province", AFTER, "ban_tgdv"),
        ("tham-nhung-tieu-cuc", "commune", AFTER, None),
        ("tham-nhung-tieu-cuc", "province", AFTER, "thanh_tra"),
    ],
)
def test_who_settles_is_dated(category, level, on, kind):
    assert basis().registry.competence(category, level, on).resolving == kind
