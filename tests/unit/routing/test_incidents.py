"""Which reports are about one incident: on the sample reports, by rule, and only within a circle."""

import shutil
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.case import Case, Facts
from services.routing.domain.decide import open_case
from services.routing.domain.decision import evolve
from services.routing.domain.incidents.book import says_nothing_new
from services.routing.domain.incidents.circle import circle, circle_of
from services.routing.domain.incidents.grounds import Grounds
from services.routing.domain.incidents.keys import Decided, incident_keys, matches, placed
from services.routing.domain.incidents.linkable import left, to_look_at
from services.routing.domain.incidents.linking import go_on, incident_led_by, join, lead, leave
from services.routing.domain.incidents.matching import MOST_CANDIDATES, Compared
from services.routing.domain.incidents.prints import Fingerprint
from services.routing.domain.life.answering import answer_linked
from services.routing.domain.life.commands import Answer, Reclassify, Refused
from services.routing.domain.text import read
from services.routing.rules import RulesError, load
from services.routing.rules import incidents as files
from services.routing.use_cases.work import Work
from shared.contracts.vocabulary import CATEGORIES, CaseState
from tests.unit.routing.corpus import decided
from tests.unit.routing.ground import AFTER, basis, report

FIRE = "Cháy lớn ở xưởng nhựa phường Quế Võ, khói đen mù mịt, lửa lan sang nhà dân"
SAME_FIRE = "chay xuong nhua que vo to lam, lua bung len roi ba con oi"
DOGS = "Trộm chó lộng hành ở phường Quế Võ, đêm qua mất bốn con chó, chúng dùng súng điện"
BRIBE = "Cán bộ địa chính phường Quế Võ nhận hối lộ 20 triệu của tôi mới làm sổ đỏ"
SAME_BRIBE = "can bo dia chinh phuong que vo nhan hoi lo 20 trieu moi lam so do cho dan"
STATES: tuple[CaseState, ...] = ("opened", "triage", "forwarded", "accepted", "linked")
NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)


@cache
def grounds() -> Grounds:
    return Grounds(basis().units, AFTER)


def made(text: str, number: int = 1, days: float = 0, **told: Any) -> Decided:
    """A report decided on, submitted so many days after noon."""
    at = NOON + timedelta(days=days)
    one = replace(report(text, **told), report_id=UUID(int=number), submitted_at=at, received_at=at)
    decision = open_case(one, at, basis())
    return Decided(one.report_id, text, decision.facts, decision.findings, decision.audience)


def case(text: str, number: int = 1, **told: Any) -> Case:
    one = replace(report(text, **told), report_id=UUID(int=number))
    return evolve(None, open_case(one, one.received_at, basis()))


def keys(*reports: Decided) -> list[int]:
    """The key of each report, in their order."""
    found = incident_keys(reports, basis().matching, grounds())
    return [found[one.case_id].int for one in reports]


def circle_told(one: Decided) -> str:
    return circle(one.facts, one.findings, one.audience)


def compared(one: Decided) -> Compared:
    return placed(one, read(one.text), basis().matching, grounds())[0].compared


def test_the_sample_reports_reach_the_goal() -> None:
    told = [
        (
            Decided(made_.report_id, made_.text, decision.facts, decision.findings, decision.audience),
            labels["incident"],
        )
        for made_, labels, decision in decided()
    ]
    found = incident_keys([one for one, _ in told], basis().matching, Grounds(basis().units, AFTER))
    right = predicted = wanted = 0
    for (a, one), (b, other) in combinations(told, 2):
        same, paired = one is not None and one == other, found[a.case_id] == found[b.case_id]
        predicted += paired
        right += same and paired
        wanted += same
        assert not paired or circle_told(a) == circle_told(b)
    assert right / predicted >= 0.97
    assert right / wanted >= 0.85


def test_equal_matters_are_one_incident_other_matters_of_the_place_are_not() -> None:
    assert keys(made(FIRE, 1), made(SAME_FIRE, 2, days=0.1), made(DOGS, 3, days=0.2)) == [1, 1, 3]


def test_the_same_in_another_commune_or_long_after_is_another_incident() -> None:
    elsewhere = FIRE.replace("Quế Võ", "Kinh Bắc")
    assert keys(made(FIRE, 1), made(elsewhere, 2), made(FIRE, 3, days=60)) == [1, 2, 3]


def test_a_report_that_says_that_it_is_about_something_else_is() -> None:
    assert keys(made(FIRE, 1), made(f"{FIRE}. Việc này khác chuyện báo chí đang nói.", 2)) == [1, 2]


def test_an_incident_outlives_a_reform_of_the_map() -> None:
    before = made("Nước máy phường Trạm Lộ, Thuận Thành đục ngầu, mùi tanh ba ngày nay", 1)
    after = made("nuoc may tram lo van duc ngau, mui tanh, khong dung duoc", 2, days=3)
    assert keys(before, after) == [1, 1]


def test_a_guarded_case_is_compared_within_its_circle() -> None:
    first, second = made(BRIBE, 1), made(SAME_BRIBE, 2, days=1)
    assert first.facts.restricted
    assert second.facts.restricted
    assert keys(first, second) == [1, 1]


@pytest.mark.parametrize(
    "second", [FIRE, BRIBE.replace("Cán bộ địa chính", "Chủ tịch"), BRIBE.replace("Quế Võ", "Nhân Hòa")]
)
def test_a_guarded_case_is_not_compared_across_circles(second: str) -> None:
    assert keys(made(BRIBE, 1), made(second, 2)) == [1, 2]
    assert keys(made(second, 1), made(BRIBE, 2)) == [1, 2]


TEXTS = (
    FIRE,
    SAME_FIRE,
    BRIBE,
    SAME_BRIBE,
    f"{FIRE}. {BRIBE}",
    BRIBE.replace("Cán bộ địa chính", "Chủ tịch"),
)


@given(st.lists(st.tuples(st.sampled_from(TEXTS), st.integers(0, 40)), min_size=2, max_size=7))
@settings(deadline=None, max_examples=60)
def test_whatever_comes_in_whatever_order_an_incident_is_of_one_circle(
    arrivals: list[tuple[str, int]],
) -> None:
    reports = [made(text, n, days=days) for n, (text, days) in enumerate(arrivals, 1)]
    found = incident_keys(reports, basis().matching, grounds())
    for a, b in combinations(reports, 2):
        assert found[a.case_id] != found[b.case_id] or circle_told(a) == circle_told(b)


def test_observations_are_not_linked() -> None:
    assert keys(made(FIRE, 1), made(FIRE, 2, purpose="observation")) == [1, 2]


def test_a_follow_up_is_no_duplicate_and_knows_the_earlier_report() -> None:
    earlier = made("Hàng xóm ở phường Phù Khê xây nhà ba tầng trổ cửa sổ sang sân nhà tôi", 1)
    later = made("Tôi gửi lại lần hai về chuyện hàng xóm trổ cửa sổ ở phường Phù Khê", 2, days=90)
    found = matches([earlier, later], basis().matching, grounds())
    assert (found[UUID(int=2)].kind, found[UUID(int=2)].group) == ("follow_up", UUID(int=1))
    assert keys(earlier, later) == [1, 2]


def test_follow_ups_of_the_samples_are_found() -> None:
    told = [Decided(m.report_id, m.text, d.facts, d.findings, d.audience) for m, _, d in decided()]
    found = matches(told, basis().matching, Grounds(basis().units, AFTER))
    said = {case_id for case_id, match in found.items() if match.kind == "follow_up"}
    labelled = {m.report_id: d for m, labels, d in decided() if labels["follow_up_of"]}
    assert said <= labelled.keys()
    assert len(said) >= sum(not d.facts.restricted for d in labelled.values())


def test_work_is_bounded() -> None:
    new = compared(made(FIRE, 1_000, days=1))
    crowd = [compared(made(FIRE, 1))] + [
        replace(compared(made(DOGS, 2)), case_id=UUID(int=n)) for n in range(3, 600)
    ]
    # The one fire lies beyond the newest of its own category only if others of that are newer.
    match = basis().matching.match(new, crowd, AFTER)
    assert match is not None
    assert match.other.case_id == UUID(int=1)
    newer = [
        replace(compared(made(SAME_FIRE, 2)), case_id=UUID(int=n)) for n in range(3, 3 + MOST_CANDIDATES)
    ]
    assert basis().matching.match(new, [crowd[0], *newer], AFTER).other.case_id != UUID(int=1)  # type: ignore[union-attr]


def test_equal_reports_say_nothing_new() -> None:
    first, second = compared(made(FIRE, 1)), compared(made(FIRE, 2, days=0.1))
    match = basis().matching.match(second, [first], AFTER)
    assert match is not None
    assert says_nothing_new(second, match)
    other = compared(made(SAME_FIRE, 3, days=0.1))
    match = basis().matching.match(other, [first], AFTER)
    assert match is not None
    assert not says_nothing_new(other, match)


numbers = st.frozensets(st.integers(0, 2**32 - 1), max_size=40)
prints = st.builds(
    Fingerprint,
    words=numbers,
    matters=numbers,
    spots=numbers,
    topics=st.dictionaries(
        st.sampled_from(CATEGORIES), st.sampled_from([0.2, 0.4, 1.0]), min_size=1, max_size=4
    ),
    severity=st.sampled_from([0, 1, 2, 3]),
    proposal=st.booleans(),
    sure=st.booleans(),
    other=st.booleans(),
    follows=st.booleans(),
)


@given(prints)
def test_a_fingerprint_is_read_as_it_was_written(made_: Fingerprint) -> None:
    assert Fingerprint.from_bytes(made_.to_bytes()) == made_


@given(st.binary(max_size=60))
def test_what_is_no_fingerprint_is_refused_or_read(stored: bytes) -> None:
    try:
        Fingerprint.from_bytes(stored)
    except ValueError:
        return


def test_a_fingerprint_holds_none_of_the_words() -> None:
    stored = compared(made(FIRE)).print.to_bytes()
    assert len(stored) < 300
    assert not any(word.encode() in stored for word in read(FIRE).keys if len(word) > 2)


@given(prints, prints, st.integers(0, 90))
def test_who_is_compared_with_whom_makes_no_difference(
    one: Fingerprint, other: Fingerprint, days: int
) -> None:
    a = Compared(UUID(int=1), NOON, replace(one, other=False, follows=False))
    b = Compared(UUID(int=2), NOON + timedelta(days=days), replace(other, other=False, follows=False))
    there, back = (basis().matching.match(x, [y], AFTER) for x, y in ((a, b), (b, a)))
    assert (there and (there.kind, round(there.score, 6))) == (back and (back.kind, round(back.score, 6)))


@given(st.sampled_from(STATES), st.booleans())
def test_linking_and_taking_apart_leave_clocks_owners_and_audience_alone(
    state: CaseState, leads: bool
) -> None:
    opened = case(FIRE)
    before = replace(opened, facts=replace(opened.facts, state=state))
    at = before.facts.received_at
    step = lead if leads else lambda c, i, b, t: join(c, i, ("cháy",), b, t)
    together = evolve(before, step(before, "i", basis(), at))
    assert together.facts.incident == "i"
    if leads:
        assert together.facts.state != "linked"
    else:
        assert together.facts.state == ("linked" if state == "opened" else state)
    apart = evolve(together, leave(together, "tach-ra", basis(), at))
    assert apart.facts.state == ("opened" if state in ("opened", "linked") else state)
    for one in (together, apart):
        assert _kept(one.facts) == _kept(before.facts)
        assert one.audience == before.audience


def _kept(facts: Facts) -> tuple[object, ...]:
    return facts.deadlines, facts.listening_owner, facts.resolving_owner, facts.unit, facts.restricted


@pytest.mark.parametrize("state", ["opened", "triage", "forwarded"])
def test_a_guarded_case_in_an_incident_goes_its_own_way_to_its_own_answer(state: CaseState) -> None:
    opened = case(BRIBE)
    guarded = replace(opened, facts=replace(opened.facts, state=state))
    together = evolve(guarded, join(guarded, "i", (), basis(), NOON))
    assert (together.facts.state, together.facts.incident) == (state, "i")
    assert _kept(together.facts) == _kept(guarded.facts)
    answer = Answer(at=NOON, by=str(guarded.facts.resolving_owner), outcome="settled")
    head = evolve(opened, lead(opened, "i", basis(), NOON))
    assert answer_linked(together, answer, head, basis()) == ()


def test_an_observation_joins_nothing() -> None:
    with pytest.raises(ValueError, match="no incident"):
        join(case(FIRE, purpose="observation"), "i", (), basis(), NOON)


def test_an_incident_of_a_guarded_case_is_not_the_one_that_it_led_before() -> None:
    opened, guarded = case(FIRE), case(BRIBE)
    assert incident_led_by(opened) == str(opened.case_id)
    assert incident_led_by(guarded) != str(guarded.case_id)
    assert incident_led_by(guarded) != incident_led_by(replace(guarded, version=guarded.version + 1))


ROLES = st.sampled_from(["commune_chair", "commune_official", "hamlet_head", "school", "none", None])
ORDERS = st.lists(
    st.tuples(
        st.integers(1, 4), ROLES, st.sampled_from([None, "dat-dai", "rac-thai"]), st.sampled_from([None, 0])
    ),
    min_size=1,
    max_size=5,
)


@given(ORDERS, st.sampled_from([FIRE, BRIBE]))
@settings(deadline=None, max_examples=60)
def test_who_is_reclassified_out_of_a_circle_is_out_of_its_incident_at_once(
    orders: list[tuple[int, Any, Any, Any]], text: str
) -> None:
    cases = {UUID(int=n): case(text, n) for n in range(1, 5)}
    work = Work(basis(), NOON, cases)
    work.take((lead(cases[UUID(int=1)], "i", basis(), NOON),), UUID(int=9), None)
    for n in (2, 3, 4):
        work.take((join(cases[UUID(int=n)], "i", (), basis(), NOON),), UUID(int=9), None)
    circle = circle_of(cases[UUID(int=1)])
    for number, (n, accused, category, severity) in enumerate(orders):
        by = work.after[UUID(int=n)].facts.listening_owner
        command = Reclassify(at=NOON, by=by, note="x", accused=accused, category=category, severity=severity)
        with suppress(Refused):
            work.carry_out(UUID(int=n), command, UUID(int=100 + number), None)
        for one in work.after.values():
            assert (one.facts.incident == "i") <= (circle_of(one) == circle)
            assert one.facts.incident is not None or one.facts.state != "linked"


def test_only_what_changes_the_circle_takes_a_guarded_case_out_of_its_incident() -> None:
    opened = case(BRIBE)
    work = Work(basis(), NOON, {opened.case_id: opened})
    work.take((join(opened, "i", (), basis(), NOON),), UUID(int=9), None)
    by = opened.facts.listening_owner
    orders = (
        Reclassify(at=NOON, by=by, note="x", severity=1),
        Reclassify(at=NOON, by=by, note="x", accused="school"),
    )
    left_ = []
    for number, order in enumerate(orders):
        work.carry_out(opened.case_id, order, UUID(int=100 + number), None)
        left_.append(work.after[opened.case_id].facts.incident)
    assert left_ == ["i", None]
    assert work.decisions[-1].reasons[-1].rule == "incident.khac-pham-vi"


def test_a_follow_up_keeps_its_state_and_takes_the_earlier_incident() -> None:
    opened = case(FIRE)
    alone = evolve(opened, go_on(opened, None, (), basis(), NOON))
    assert (alone.facts.state, alone.facts.incident) == ("opened", None)
    together = evolve(opened, go_on(opened, "i", (), basis(), NOON))
    assert (together.facts.state, together.facts.incident) == ("opened", "i")


def test_the_second_step_looks_at_what_is_new_moved_guarded_or_left() -> None:
    opened = case(FIRE)
    unit = opened.facts.unit
    assert to_look_at(None, opened) == (unit,)
    guarded = case(BRIBE)
    assert to_look_at(None, guarded) == (guarded.facts.unit,)
    assert to_look_at(guarded, replace(guarded, audience=guarded.audience[:1])) == (guarded.facts.unit,)
    assert to_look_at(guarded, replace(guarded, audience=guarded.audience[::-1])) == ()
    assert to_look_at(opened, replace(opened, facts=replace(opened.facts, severity=1))) == ()
    joined = replace(opened, facts=replace(opened.facts, incident="i"))
    assert to_look_at(opened, joined) == ()
    assert (to_look_at(joined, opened), left(joined, opened)) == ((unit,), "i")
    for change in ({"state": "withdrawn"}, {"restricted": True}):
        assert to_look_at(joined, replace(joined, facts=replace(joined.facts, **change))) == (unit,)
    moved = replace(opened, facts=replace(opened.facts, unit="u2"))
    assert to_look_at(opened, moved) == ("u2", unit)


@pytest.mark.parametrize(
    ("file", "old", "new", "where"),
    [
        ("incidents.toml", "spot_same = 2.3", "", "incidents.so-khop"),
        ("incidents.toml", "suggest = -1.2", "suggest = 9.0", "incidents.so-khop"),
        ("incidents.toml", "valid_from = 2024-01-01", "valid_from = 2025-01-01", "period"),
        ("incidents.toml", "window_days = 45", "window_days = 0", "window_days"),
        ("words.toml", "co khong o", "co co khong o", "co"),
    ],
)
def test_wrong_rules_of_incidents_are_refused(
    tmp_path: Path, file: str, old: str, new: str, where: str
) -> None:
    for path in Path(files.__file__).parent.glob("*.toml"):
        shutil.copy(path, tmp_path)
    told = (tmp_path / file).read_text()
    assert old in told
    (tmp_path / file).write_text(told.replace(old, new, 1))
    with pytest.raises(RulesError) as refused:
        load(tmp_path)
    assert refused.value.file == file
    assert where in f"{refused.value.where} {refused.value}"
