"""Texts: Vietnamese is complete, names every code, and stands in for what another language lacks."""

import re
from pathlib import Path

import pytest

from shared.contracts import vocabulary
from shared.web.catalogue import BASE_TEXTS, Catalogue
from shared.web.templating import SHARED_TEMPLATES
from tests.unit.web.gallery import PAGES

CODES = {
    "category": vocabulary.CATEGORIES,
    "legal_kind": vocabulary.LEGAL_KINDS,
    "channel": vocabulary.Channel.__args__,  # type: ignore[attr-defined]
    "organisation": vocabulary.Organisation.__args__,  # type: ignore[attr-defined]
    "group": vocabulary.GROUPS,
    "stance": vocabulary.STANCES,
    "breadth": vocabulary.BREADTHS,
    "state": vocabulary.CaseState.__args__,  # type: ignore[attr-defined]
    "purpose": vocabulary.Purpose.__args__,  # type: ignore[attr-defined]
    "level": vocabulary.Level.__args__,  # type: ignore[attr-defined]
    "flag": vocabulary.Flag.__args__,  # type: ignore[attr-defined]
    "severity": tuple(map(str, vocabulary.Severity.__args__)),  # type: ignore[attr-defined]
}


@pytest.fixture(scope="module")
def base() -> Catalogue:
    return Catalogue.load(BASE_TEXTS)


@pytest.mark.parametrize("kind", CODES)
def test_every_code_has_a_vietnamese_name(base: Catalogue, kind: str) -> None:
    assert {f"{kind}.{code}" for code in CODES[kind]} <= base.keys()


@pytest.mark.parametrize("kind", ["category", "state", "purpose"])
def test_what_the_api_tells_in_english_has_an_english_name(base: Catalogue, kind: str) -> None:
    assert {f"{kind}.{code}" for code in CODES[kind]} <= base.keys("en")


def test_templates_ask_only_for_texts_that_exist(base: Catalogue) -> None:
    assert base.unknown_keys([SHARED_TEMPLATES, PAGES]) == []


def test_unknown_keys_are_found(base: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text('{{ t("form.nowhere") }}{{ t("ui.none") }}', encoding="utf-8")
    assert base.unknown_keys([tmp_path]) == ["form.nowhere"]


def test_other_languages_have_no_key_of_their_own_and_the_same_placeholders(base: Catalogue) -> None:
    for language in base.languages[1:]:
        assert base.keys(language) <= base.keys()
        for key in base.keys(language):
            fields = [set(re.findall(r"\{(\w+)\}", base.text(key, lang))) for lang in ("vi", language)]
            assert fields[0] == fields[1], key


def test_vietnamese_stands_in_and_a_key_that_nobody_has_is_an_error() -> None:
    catalogue = Catalogue({"vi": {"a": "có {n}", "b": "hai"}, "en": {"a": "has {n}"}})
    assert catalogue.text("a", "en", n=3) == "has 3"
    assert catalogue.text("b", "en") == "hai"
    assert catalogue.missing("en") == ["b"]
    with pytest.raises(KeyError):
        catalogue.text("c", "en")


def test_a_service_adds_its_own_texts_and_may_reword(tmp_path: Path) -> None:
    (tmp_path / "vi.toml").write_text('[form]\ntitle = "Gửi"\n[ui]\nnone = "Trống"\n', encoding="utf-8")
    catalogue = Catalogue.load(BASE_TEXTS, tmp_path)
    assert (catalogue.text("form.title"), catalogue.text("ui.none")) == ("Gửi", "Trống")
    assert catalogue.text("ui.next") == "Trang sau"


def test_a_code_without_a_name_is_shown_as_it_is(base: Catalogue) -> None:
    assert base.label("state", "moi-dat-ra") == "moi-dat-ra"
    assert base.label("state", None) == "–"
