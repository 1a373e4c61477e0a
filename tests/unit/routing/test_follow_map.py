"""Cases follow the map: to a successor with clocks and lineage, or a person is asked."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID

import pytest

from services.routing.domain.basis import Basis
from services.routing.domain.case import Case
from services.routing.domain.decision import Decision, evolve
from services.routing.domain.follow_map import Choice, Moment, Told, choose, follow, stale
from services.routing.domain.map_changes import Merge, NewUnit, Part, Split, Wanted, plan
from services.routing.rules import standard
from services.routing.use_cases import move_cases
from services.routing.use_cases.move_cases import followed
from shared.units import MapChange
from tests.unit.routing.ground import VN, basis, commune, opened

ON = date(2026, 12, 1)
EVE = ON - timedelta(days=1)
REPORTED = date(2026, 11, 20)
LAW = "NQ 12/NQ-HĐND"
VU_NINH, KINH_BAC = commune("09169", REPORTED), commune("09187", REPORTED)
TEXT = "Rác ở phường Vũ Ninh ba ngày không ai thu gom, bốc mùi"


@cache
def changed(kind: str) -> Basis:
    """The basis after a merger or a split of phường Vũ Ninh on 2026-12-01."""
    wanted: Wanted = Merge(ON, LAW, (VU_NINH, KINH_BAC), new=NewUnit("Sông Tơ Ngà", "phuong", "09990"))
    if kind == "split":
        parts = (
            Part("population", new=NewUnit("Đồi Ninh", "phuong", "09991")),
            Part("part", new=NewUnit("Vũ Giang", "phuong", "09992")),
        )
        wanted = Split(ON, LAW, VU_NINH, parts)
    elif kind == "given":
        wanted = Split(ON, LAW, VU_NINH, (Part("population", unit=VU_NINH), Part("part", unit=KINH_BAC)))
    change = plan(wanted, basis().units, UUID(int=1))
    assert isinstance(change, MapChange), change
    return Basis.of(standard(), basis().units.apply(change), range(2024, 2031), "24")


def heirs(kind: str, name: str = "") -> str:
    units = changed(kind).units
    return next(unit.id for unit in units.units(ON, "commune") if unit.name == (name or "Sông Tơ Ngà"))


def case(text: str = TEXT, on: date = REPORTED) -> Case:
    return evolve(None, opened(text, on))


def at(kind: str, day: date = ON) -> Moment:
    return Moment(changed(kind), datetime(day.year, day.month, day.day, 1, tzinfo=VN), day)


def moved(standing: Case, kind: str = "merge", day: date = ON) -> Case:
    decision = follow(standing, None, frozenset(), at(kind, day))
    assert isinstance(decision, Decision), decision
    assert decision.kind == "Moved"
    return evolve(standing, decision)


def test_before_a_change_takes_effect_a_case_stays():
    standing = case()
    assert follow(standing, None, frozenset(), at("merge", EVE)) is None
    assert not stale(standing, EVE, changed("merge").units)
    assert stale(standing, ON, changed("merge").units)


def test_a_case_moves_to_the_successor_with_lineage_and_its_clocks_intact():
    standing, heir = case(), heirs("merge")
    now = moved(standing)
    assert now.facts.unit == heir
    assert now.facts.path[0] == heir
    assert now.facts.path_then == standing.facts.path
    assert now.facts.deadlines == standing.facts.deadlines
    assert now.facts.resolving_owner == standing.facts.resolving_owner.replace(VU_NINH, heir)
    assert now.facts.listening_owner == f"mttq@{heir}"
    assert not any(VU_NINH in body for body in now.audience)
    assert (now.version, now.facts.state) == (2, standing.facts.state)
    assert follow(now, None, frozenset(), at("merge")) is None


def test_the_reason_of_a_move_is_the_change_and_its_document():
    decision = follow(case(), None, frozenset(), at("merge"))
    assert isinstance(decision, Decision)
    first = decision.reasons[0]
    assert (first.rule, first.basis) == ("map.chuyen-don-vi", LAW)
    assert first.version == f"map-{changed('merge').units.version}"


def test_a_superior_who_was_entrusted_with_a_case_keeps_it():
    standing = case()
    province = standing.facts.path[-1]
    lifted = replace(standing, facts=replace(standing.facts, resolving_owner=f"ubnd@{province}"))
    now = moved(lifted)
    assert now.facts.resolving_owner == f"ubnd@{province}"
    assert now.facts.listening_owner == f"mttq@{heirs('merge')}"


@pytest.mark.parametrize(
    "text",
    [
        "Chủ tịch phường Vũ Ninh ăn chặn tiền hỗ trợ bão của dân",
        "Tố cáo công an phường Vũ Ninh đòi 5 triệu mới cấp giấy",
        "Trưởng khu ở phường Vũ Ninh thu tiền sai, đánh người",
        "Cán bộ ở phường Vũ Ninh nhận hối lộ, Thanh tra tỉnh biết mà bao che",
    ],
)
def test_whom_a_guarded_case_was_kept_from_does_not_learn_of_it_by_a_merger(text):
    standing, heir = case(text), heirs("merge")
    assert standing.facts.restricted
    now = moved(standing)
    assert now.facts.restricted
    if not any(body.endswith(VU_NINH) for body in standing.audience):
        assert not any(body.endswith(heir) for body in now.audience)
    carried = {body.replace(VU_NINH, heir) for body in standing.audience}
    assert set(now.audience) <= carried
    assert {now.facts.listening_owner, now.facts.resolving_owner} - {None} <= set(now.audience)


def test_a_split_asks_a_person_and_suggests_by_the_names_in_the_text():
    told = Told("Ngõ ở phường Vũ Giang đầy rác", None, None)
    asked = follow(case(), told, frozenset(), at("split"))
    assert isinstance(asked, Choice)
    assert asked.from_unit == VU_NINH
    assert [c.unit for c in asked.candidates] == [heirs("split", "Vũ Giang"), heirs("split", "Đồi Ninh")]
    assert "text" in asked.candidates[0].evidence
    assert sum(c.probability for c in asked.candidates) == pytest.approx(1, abs=0.001)
    nothing = follow(case(), None, frozenset(), at("split"))
    assert isinstance(nothing, Choice)
    assert nothing.candidates[0].unit == heirs("split", "Đồi Ninh")


def test_a_unit_that_gave_a_part_away_asks_only_about_cases_it_had_then():
    standing = case()
    assert follow(standing, None, frozenset(), at("given")) is None
    asked = follow(standing, None, frozenset({VU_NINH}), at("given"))
    assert isinstance(asked, Choice)
    assert {c.unit for c in asked.candidates} == {VU_NINH, KINH_BAC}


def test_what_a_person_chose_is_a_move_on_the_record():
    standing, unit = case(), heirs("split", "Vũ Giang")
    decision = choose(standing, unit, f"mttq@{standing.facts.path[-1]}", at("split"))
    assert (decision.kind, decision.by) == ("Moved", f"mttq@{standing.facts.path[-1]}")
    assert decision.reasons[0].rule == "map.nguoi-chon"
    assert evolve(standing, decision).facts.unit == unit
    with pytest.raises(LookupError):
        choose(standing, VU_NINH, "mttq@x", at("split"))


def test_a_report_of_an_earlier_map_goes_to_where_its_unit_is_today():
    standing = case("Đường ở thị trấn Chờ, huyện Yên Phong hỏng nặng", date(2025, 6, 15))
    assert len(standing.facts.path) == 3
    now = moved(standing)
    decision = follow(standing, None, frozenset(), at("merge"))
    assert isinstance(decision, Decision)
    assert decision.reasons[0].basis == "NQ 202/2025/QH15"
    assert len(now.facts.path) == 2
    assert now.facts.path_then == standing.facts.path
    assert not any(standing.facts.path[1] in body for body in now.audience)


def test_an_ended_case_stays_with_whom_it_was_and_is_counted_anew_only_if_the_map_was_wrong():
    standing = case()
    ended = replace(standing, facts=replace(standing.facts, state="closed"))
    assert follow(ended, None, frozenset(), at("merge")) is None
    late = case(on=ON + timedelta(days=3))
    ended_late = replace(late, facts=replace(late.facts, state="noted"))
    now = moved(ended_late, day=ON + timedelta(days=5))
    assert now.facts.path_then is not None
    assert now.facts.path_then[0] == heirs("merge")
    assert replace(now.facts, path_then=None) == ended_late.facts
    assert now.audience == ended_late.audience
    assert follow(now, None, frozenset(), at("merge", ON + timedelta(days=5))) is None


def test_an_open_case_of_a_change_recorded_late_is_counted_where_it_lay():
    late = case(on=ON + timedelta(days=3))
    now = moved(late, day=ON + timedelta(days=5))
    assert now.facts.path[0] == heirs("merge")
    assert now.facts.path_then is None


def test_a_hamlet_comes_under_the_successor_of_its_commune():
    hamlet = next(u for u in basis().units.units(REPORTED, "hamlet"))
    change = plan(Merge(ON, LAW, (hamlet.parent,), target=KINH_BAC), basis().units, UUID(int=9))
    assert isinstance(change, MapChange)
    merged = Basis.of(standard(), basis().units.apply(change), range(2024, 2031), "24")
    standing = case()
    facts = replace(standing.facts, unit=hamlet.id, path=basis().units.path(hamlet.id, REPORTED))
    moment = Moment(merged, datetime(2026, 12, 1, 1, tzinfo=VN), ON)
    decision = follow(replace(standing, facts=facts), None, frozenset(), moment)
    assert isinstance(decision, Decision)
    assert (decision.facts.unit, decision.facts.path[1]) == (hamlet.id, KINH_BAC)
    assert decision.facts.listening_owner == f"mttq@{KINH_BAC}"
    assert (decision.reasons[0].basis, decision.reasons[0].version) == (LAW, f"map-{change.map_version}")


def test_a_case_without_a_place_follows_its_province():
    standing = case("Huyện Quế Võ cắt điện luân phiên mà không báo", date(2025, 6, 15))
    assert standing.facts.unit is None
    now = moved(standing)
    assert now.facts.unit is None
    assert now.facts.path == (basis().home(ON),)


def test_a_case_that_the_map_breaks_on_is_a_persons_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    standing = case()

    def breaks(*asked: object) -> None:
        raise LookupError("a unit that nobody knows")

    assert isinstance(followed(standing, None, frozenset(), at("merge")), Decision)
    monkeypatch.setattr(move_cases, "follow", breaks)
    assert followed(standing, None, frozenset(), at("merge")) == Choice(standing.case_id, VU_NINH, ())
    ended = replace(standing, facts=replace(standing.facts, state="closed"))
    assert followed(ended, None, frozenset(), at("merge")) is None
