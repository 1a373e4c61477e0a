"""Places in text, hint and reporter's unit, at the report's date; never a silent guess."""

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing import boundaries
from services.routing.domain.text import read
from shared.units import full_name
from tests.unit.routing.ground import AFTER, BEFORE, CITY, basis, code, place


def found(text, on=AFTER, **told):
    return code(place(text, on, **told).unit, on)


def candidates(text, on=AFTER, **told):
    got = place(text, on, **told)
    assert got.unit is None
    return {code(candidate.unit, on) for candidate in got.candidates}


def test_with_diacritics_the_exact_name_wins():
    assert found("Đường vào xã Đồng Kỳ hỏng nặng") == "07282"
    assert found("Xưởng mộc ở Đồng Kỵ cháy lớn") == "09385"


def test_without_diacritics_both_are_meant():
    assert candidates("duong vao nha van hoa dong ky bi dao len") == {"07282", "09385"}


def test_the_type_settles_what_the_name_leaves_open():
    assert found("duong xa dong ky bi dao len") == "07282"


def test_a_former_commune_is_found_in_its_successor():
    assert found("Rác chất đống ở thị trấn Thứa cũ") == "09496"
    assert found("Rác chất đống ở thị trấn Thứa", BEFORE) == "09496"
    assert found("Nước ngập ở Phù Chẩn") == "09367"


def test_one_name_of_two_communes_is_settled_by_the_district():
    assert candidates("Cầu ở xã Đồng Tiến gãy lan can", BEFORE) == {"07243", "07816"}
    assert found("Cầu ở xã Đồng Tiến, huyện Hiệp Hòa gãy lan can", BEFORE) == "07816"


def test_a_type_said_wrongly_leaves_ours_a_candidate_and_what_stands_beside_it_decides():
    """There are a xã Nam Sơn elsewhere and, until 2025, a phường Nam Sơn here."""
    got = place("Rác ở xã Nam Sơn bốc mùi", BEFORE)
    assert got.unit is None
    assert code(got.candidates[0].unit, BEFORE) == found("Rác ở phường Nam Sơn bốc mùi", BEFORE)
    assert found("Rác ở xã Nam Sơn bốc mùi", BEFORE, hint="Nam Sơn") == code(got.candidates[0].unit, BEFORE)
    for on in (BEFORE, AFTER, CITY):
        for home in basis().gazetteer.homes(on):
            for unit in basis().units.units(on, "commune", home):
                for said in ("xã", "phường"):
                    got = place(f"Rác ở {said} {unit.name} bốc mùi", on)
                    assert unit.id in {candidate.unit for candidate in got.candidates}, (said, unit.name)


def named(text, on=CITY, **told):
    unit = place(text, on, **told).unit
    return unit and full_name(basis().units.unit(unit, on))


def test_a_hamlet_is_found_alone_beside_its_commune_or_in_a_hint_and_two_are_left_to_a_person():
    assert named("Đường ở tổ dân phố Gò Sáo ngập sâu") == "Tổ dân phố Gò Sáo"
    assert named("duong to dan pho go sao ngap sau") == "Tổ dân phố Gò Sáo"
    assert named("Đường ở thôn Gò Sáo, xã Yên Phong ngập sâu") == "Tổ dân phố Gò Sáo"
    assert named("Đường ở TDP Gò Sáo ngập sâu", hint="Phường Yên Phong") == "Tổ dân phố Gò Sáo"
    both = place("Đường từ TDP Gò Sáo đến TDP Bến Trăng, phường Yên Phong ngập", CITY)
    assert both.unit is None
    assert {basis().units.unit(c.unit, CITY).name for c in both.candidates[:2]} == {"Gò Sáo", "Bến Trăng"}
    assert named("Đường ở TDP Gò Sáo, phường Quế Võ ngập") is None


def test_a_former_district_only_makes_candidates():
    got = candidates("Huyện Quế Võ dạo này cắt điện luân phiên")
    assert {"09247", "09253", "09265", "09292", "09295", "09301", "09313"} <= got
    assert found("Chợ ở phường Quế Võ bẩn") == "09247"


def test_the_hint_counts_where_the_text_is_silent_and_yields_where_it_speaks():
    assert found("Đèn đường hỏng", hint="Phường Chũ") == "07525"
    assert found("Xốp bay ở xã Lục Ngạn", hint="Phường Chũ") == "07582"


def test_the_reporters_unit_breaks_a_tie():
    assert found("dong ky mat dien", reporter="09385") == "09385"


def test_the_reporters_code_of_today_means_their_former_commune_before_the_reform():
    assert found("trạm bơm ở Phì Điền hỏng", BEFORE, reporter="07582") == "07582"


def test_between_two_communes_nobody_is_chosen():
    got = candidates("Đoạn giáp ranh giữa xã Đại Đồng và xã Tân Chi không có đèn", hint="Xã Đại Đồng")
    assert got == {"09340", "09343"}


@pytest.mark.parametrize(
    "text",
    [
        "Chung cư ở quận Hoàng Mai, Hà Nội không ai đổ rác",
        "lua o huyen dong anh ha noi bi oc buou vang",
        "Quốc lộ thuộc xã Chi Lăng, tỉnh Lạng Sơn bong mặt, không phải Chi Lăng của Bắc Ninh",
    ],
)
def test_far_places_are_outside(text):
    got = place(text)
    assert got.outside
    assert got.unit is None


def test_the_city_of_bac_ninh_is_a_former_city_or_the_whole_by_date():
    assert candidates("TP Bắc Ninh cúp điện hoài", AFTER)
    whole = place("TP Bắc Ninh cúp điện hoài", CITY)
    assert whole.whole
    assert not whole.candidates


def test_a_common_word_is_no_place():
    got = place("Hồ sơ của tôi nộp từ tháng 6, thái độ quang minh chính đại")
    assert (got.unit, got.candidates) == (None, ())


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120), st.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_whatever_is_written_a_unit_is_valid_then_and_above_the_threshold(text, on):
    got = place(text, on)
    if got.unit is not None:
        assert basis().units.unit(got.unit, on) is not None
        assert got.candidates[0].probability >= basis().rules.places.sure
    assert [c.probability for c in got.candidates] == sorted(
        (c.probability for c in got.candidates), reverse=True
    )


@settings(max_examples=99, deadline=None)
@given(st.sampled_from(sorted(u.id for u in basis().units.units(AFTER, "commune", basis().home(AFTER)))))
def test_every_commune_is_found_by_its_full_name(unit_id):
    unit = basis().units.unit(unit_id, AFTER)
    kind = "phường" if unit.type == "phuong" else "xã"
    assert place(f"Đèn đường ở {kind} {unit.name} hỏng", AFTER).unit == unit_id


def located(text, latitude, longitude, on=AFTER, hint=None):
    return basis().gazetteer.place(read(text), hint, None, "web", on, location=(latitude, longitude))


def centre(number):
    features = json.loads(boundaries.FILE.read_bytes())["features"]
    return next(f["properties"]["center"] for f in features if f["properties"]["code"] == number)


def test_coordinates_inside_a_commune_place_a_report_that_names_none():
    longitude, latitude = centre("09169")
    got = located("Đèn đường hỏng cả dãy", latitude, longitude)
    assert code(got.unit, AFTER) == "09169"
    assert got.candidates[0].evidence == ("location",)


def test_coordinates_against_a_named_commune_leave_it_to_a_person():
    longitude, latitude = centre("09169")
    got = located("Đèn đường ở xã Yên Phong hỏng cả dãy", latitude, longitude)
    assert got.unit is None
    assert {code(c.unit, AFTER) for c in got.candidates} >= {"09169", "09193"}


def test_before_the_reform_coordinates_mean_the_communes_it_was_made_of():
    longitude, latitude = centre("09169")
    got = located("Đèn đường hỏng cả dãy", latitude, longitude, BEFORE)
    assert len(got.candidates) > 1
    assert all(basis().units.unit(c.unit, BEFORE) is not None for c in got.candidates)


def test_a_point_in_another_province_is_outside():
    assert located("Đèn đường hỏng cả dãy", 10.77, 106.70).outside
    assert code(located("Đèn đường ở xã Yên Phong hỏng", 10.77, 106.70).unit, AFTER) == "09193"


@pytest.mark.parametrize("number", ["09169", "07525", "09193", "07288"])
def test_every_point_within_lies_in_that_commune_alone_or_near_its_border(number):
    longitude, latitude = centre(number)
    assert boundaries.standard().at(latitude, longitude)[0] == number
