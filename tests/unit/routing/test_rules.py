"""Rule files that contradict themselves are refused, with file, table and reason."""

import shutil
from pathlib import Path

import pytest

import services.routing.rules as rules_package
from services.routing.rules import RulesError, load, standard
from shared.contracts.vocabulary import CATEGORIES

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
    ],
)
def test_a_contradiction_is_refused_and_named(folder, name, old, new, reason):
    change(folder, name, old, new)
    with pytest.raises(RulesError) as refused:
        load(folder)
    assert refused.value.where
    assert reason in refused.value.reason
    assert refused.value.file.endswith(".toml")


def test_a_missing_file_is_named(folder):
    (folder / "bodies.toml").unlink()
    with pytest.raises(RulesError, match="bodies"):
        load(folder)


def test_a_category_without_terms_is_refused(folder):
    (folder / "lexicon-ha-tang.toml").unlink()
    with pytest.raises(RulesError, match="giao-thong-ha-tang"):
        load(folder)
