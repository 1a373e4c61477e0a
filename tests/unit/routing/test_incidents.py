"""Which reports are about one incident: on the sample reports, and by rule."""

import shutil
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from uuid import UUID

import pytest

from services.routing.domain.incidents.book import says_nothing_new
from services.routing.domain.incidents.grounds import Grounds
from services.routing.domain.incidents.keys import Decided, incident_keys, matches
from services.routing.domain.incidents.matching import MOST_CANDIDATES
from services.routing.rules import RulesError, load
from services.routing.rules import incidents as files
from tests.unit.routing.corpus import decided
from tests.unit.routing.ground import AFTER, basis
from tests.unit.routing.incident_ground import (
    DOGS,
    FIRE,
    SAME_FIRE,
    circle_told,
    compared,
    grounds,
    keys,
    made,
)


def test_the_sample_reports_reach_the_goal() -> None:
    told = [
        (
            Decided(
                made_.report_id,
                made_.report_id,
                made_.text,
                decision.facts,
                decision.findings,
                decision.audience,
            ),
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


def test_matters_of_one_report_are_never_one_incident() -> None:
    """Nor by way of another report that is like both; each may be one with somebody else's."""
    assert keys(made(FIRE, 1), made(FIRE, 2, root=1)) == [1, 2]
    assert keys(made(FIRE, 1), made(SAME_FIRE, 2, days=0.1), made(FIRE, 3, days=0.2, root=2)) == [1, 1, 3]
    assert keys(made(FIRE, 1), made(DOGS, 2, root=1), made(DOGS, 3, days=0.1)) == [1, 2, 2]


def test_the_same_in_another_commune_or_long_after_is_another_incident() -> None:
    elsewhere = FIRE.replace("Quế Võ", "Kinh Bắc")
    assert keys(made(FIRE, 1), made(elsewhere, 2), made(FIRE, 3, days=60)) == [1, 2, 3]


def test_a_report_that_says_that_it_is_about_something_else_is() -> None:
    assert keys(made(FIRE, 1), made(f"{FIRE}. Việc này khác chuyện báo chí đang nói.", 2)) == [1, 2]


def test_an_incident_outlives_a_reform_of_the_map() -> None:
    before = made("Nước máy phường Trạm Lộ, Thuận Thành đục ngầu, mùi tanh ba ngày nay", 1)
    after = made("nuoc may tram lo van duc ngau, mui tanh, khong dung duoc", 2, days=3)
    assert keys(before, after) == [1, 1]


def test_observations_are_not_linked() -> None:
    assert keys(made(FIRE, 1), made(FIRE, 2, purpose="observation")) == [1, 2]


def test_a_follow_up_is_no_duplicate_and_knows_the_earlier_report() -> None:
    earlier = made("Hàng xóm ở phường Phù Khê xây nhà ba tầng trổ cửa sổ sang sân nhà tôi", 1)
    later = made("Tôi gửi lại lần hai về chuyện hàng xóm trổ cửa sổ ở phường Phù Khê", 2, days=90)
    found = matches([earlier, later], basis().matching, grounds())
    assert (found[UUID(int=2)].kind, found[UUID(int=2)].group) == ("follow_up", UUID(int=1))
    assert keys(earlier, later) == [1, 2]


def test_follow_ups_of_the_samples_are_found() -> None:
    told = [
        Decided(m.report_id, m.report_id, m.text, d.facts, d.findings, d.audience) for m, _, d in decided()
    ]
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
