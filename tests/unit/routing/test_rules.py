"""Rule files that contradict themselves are refused, with file, line and reason."""

import re
import shutil
import tomllib
from datetime import date
from pathlib import Path

import pytest

import services.routing.rules as rules_package
from services.routing.domain.basis import Basis
from services.routing.domain.decide import open_case
from services.routing.rules import RulesError, load, standard
from services.routing.rules.where import lines_of
from shared.contracts.vocabulary import CATEGORIES
from tests.unit.routing.ground import basis, report

DELIVERED = Path(rules_package.__file__).parent


@pytest.fixture
def folder(tmp_path):
    for file in DELIVERED.glob("*.toml"):
        shutil.copy(file, tmp_path)
    return tmp_path


def change(folder, name, old, new):
    file = folder / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_the_delivered_rules_agree_and_cover_every_category():
    assert set(standard().categories) == set(CATEGORIES)


def test_the_version_follows_the_content(folder):
    assert load(folder).version == standard().version
    change(folder, "deadlines.toml", "amount = 7", "amount = 8")
    assert load(folder).version != standard().version


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("competences.toml", '"phong_kinh_te"]', '"phong_la"]', "unknown body phong_la"),
        ("competences.toml", "dat-dai = ", "dat-vuon = ", "Input should be"),
        ("competences.toml", "valid_to = 2025-07-01", "valid_to = 2025-06-01", "a gap"),
        ("competences.toml", "valid_to = 2025-07-01", "valid_to = 2025-08-01", "overlap"),
        ("bodies.toml", 'kind = "so_dttg"', 'kind = "so_nnmt"', "overlap"),
        ("deadlines.toml", 'unit = "wd"', 'unit = "weeks"', "Input should be"),
        ("deadlines.toml", "amount = 7\n", "amount = 7\nvalid_from = 2025-01-01\n", "nothing is in force"),
        ("lexicon-bo-may.toml", 'category = "khac"', 'category = "khac-la"', "Input should be"),
        ("signals-co-quan.toml", "co_quan:so_y_te", "co_quan:so_y_la", "unknown body so_y_la"),
        ("places.toml", "sure = 0.8", "sure = 1.8", "less than 1"),
        ("calendar.toml", "working = false", "working = maybe", "Invalid value"),
        ("escalation.toml", 'action = "rise"', 'action = "ring"', "Input should be"),
        ("escalation.toml", "giai-quyet.qua-han-lau", "giai-quyet.qua-han", "overlap"),
        ("incidents.toml", "valid_from = 2024-01-01", "valid_from = 2025-01-01", "nothing is in force"),
    ],
)
def test_a_contradiction_is_refused_with_file_line_and_reason(folder, name, old, new, reason):
    change(folder, name, old, new)
    with pytest.raises(RulesError) as refused:
        load(folder)
    assert refused.value.where
    assert reason in refused.value.reason
    assert refused.value.file == name
    # The line is that of the change, or of the table that it made contradict another one.
    text = (folder / name).read_text()
    lines = text.splitlines()
    first = text[: text.index(new)].count("\n") + 1
    told = refused.value.line
    assert told is not None
    assert str(refused.value).startswith(f"{name}:{told}: ")
    if "valid" in new or "overlap" in reason:
        assert re.match(r"\s*(\[\[|[\w-]+ = )", lines[told - 1])
    elif "unknown body" in reason:
        assert new.strip('"]').split(":")[-1] in "\n".join(lines[told - 8 : told])
    else:
        assert told == first


def test_a_fault_of_syntax_has_its_line(folder):
    change(folder, "deadlines.toml", 'unit = "wd"', 'unit = "wd')
    with pytest.raises(RulesError, match=r"^deadlines.toml:\d+: syntax: ") as refused:
        load(folder)
    assert 'unit = "wd' in (folder / "deadlines.toml").read_text().splitlines()[refused.value.line - 1]
    (folder / "deadlines.toml").write_bytes(b"version = 'x'\n\xff = 1\n")
    with pytest.raises(RulesError, match=r"^deadlines.toml:2: syntax: not UTF-8"):
        load(folder)


@pytest.mark.parametrize("file", sorted(DELIVERED.glob("*.toml")), ids=lambda file: file.name)
def test_every_table_and_key_of_a_rule_file_is_found_at_its_line(file):
    text = file.read_text()
    lines, found = text.splitlines(), lines_of(text)

    def walk(value, path):
        if isinstance(value, dict):
            for key, below in value.items():
                yield from walk(below, (*path, key))
        elif isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            for n, row in enumerate(value):
                assert lines[found[*path, n] - 1].startswith("[[")
                yield from walk(row, (*path, n))
        else:
            yield path

    paths = list(walk(tomllib.loads(text), ()))
    assert paths
    for path in paths:
        assert lines[found[path] - 1].lstrip().lstrip('"').startswith(str(path[-1])), path


def test_lines_are_told_apart_from_strings_that_look_like_tables():
    text = 'a = """\n[[b]]\nc = 1\n"""\n[[b]]\nc = 2\n[b.d]\ne = 3\n[[b]]\nc = 4\n'
    assert lines_of(text) == {
        ("a",): 1,
        ("b", 0): 5,
        ("b", 0, "c"): 6,
        ("b", 0, "d"): 7,
        ("b", 0, "d", "e"): 8,
        ("b", 1): 9,
        ("b", 1, "c"): 10,
    }


def test_a_rule_from_tomorrow_decides_tomorrows_reports_and_not_todays(folder):
    change(
        folder,
        "deadlines.toml",
        'id = "phan-anh.thuong"\nkind = "settle"\namount = 7\nunit = "wd"\n',
        'id = "phan-anh.thuong"\nkind = "settle"\namount = 7\nunit = "wd"\nvalid_to = 2026-03-03\n'
        'basis = "x"\n\n[[deadline]]\nid = "phan-anh.thuong-2026"\nkind = "settle"\namount = 5\nunit = "wd"\n'
        "valid_from = 2026-03-03\n",
    )
    dated = Basis.of(load(folder), basis().units, range(2024, 2031), "24")

    def rule(on):
        made = report("Rác ở phường Vũ Ninh ba ngày không ai thu gom", on)
        return open_case(made, made.received_at, dated).facts.deadlines.rule.partition("@")[0]

    assert rule(date(2026, 3, 2)) == "phan-anh.thuong"
    assert rule(date(2026, 3, 3)) == "phan-anh.thuong-2026"


def test_a_weight_of_places_that_is_missing_is_refused_before_it_breaks_a_decision(folder):
    change(folder, "places.toml", "typed = 5.5\n", "")
    with pytest.raises(RulesError, match=r"^places.toml:\d+: weights.typed: Field required") as refused:
        load(folder)
    assert (folder / "places.toml").read_text().splitlines()[refused.value.line - 1] == "[weights]"


def test_a_missing_file_is_named(folder):
    (folder / "bodies.toml").unlink()
    with pytest.raises(RulesError, match="bodies"):
        load(folder)


def test_a_category_without_terms_is_refused(folder):
    (folder / "lexicon-ha-tang.toml").unlink()
    with pytest.raises(RulesError, match="giao-thong-ha-tang"):
        load(folder)
