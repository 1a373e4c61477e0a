"""Vietnamese text made comparable."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.text import fold, read

LETTERS = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ bcdghklmnpqrstvx"


@given(st.text(alphabet=LETTERS, max_size=120))
def test_decomposed_and_composed_text_read_the_same(raw):
    one, other = read(raw), read(unicodedata.normalize("NFD", raw))
    assert (one.words, one.keys, one.marked) == (other.words, other.keys, other.marked)


@given(st.text(max_size=200))
def test_any_text_is_read_with_as_many_words_as_keys_and_offsets(raw):
    text = read(raw)
    assert len(text.words) == len(text.keys) == len(text.typed) == len(text.offsets())
    assert all(0 <= start < end <= len(text.original) for start, end in text.offsets())


@pytest.mark.parametrize(
    ("new_style", "old_style"), [("hoà", "hòa"), ("khoẻ", "khỏe"), ("thuỷ", "thủy"), ("uỷ", "ủy")]
)
def test_tone_marks_have_one_place(new_style, old_style):
    assert read(new_style).words == read(old_style).words == (old_style,)


def test_the_tone_of_qu_stays_on_its_vowel():
    assert read("Quý Sơn").words == ("quý", "sơn")


def test_d_with_stroke_folds_though_unicode_does_not_decompose_it():
    assert fold("Đồng Kỵ") == "dong ky"


def test_abbreviations_and_teencode_are_written_out():
    assert read("p. Vũ Ninh ko dc").words == ("phường", "vũ", "ninh", "không", "được")
    assert read("ubnd x. Văn Môn").keys == ("uy", "ban", "nhan", "dan", "xa", "van", "mon")


def test_zero_width_characters_do_not_split_or_hide_words():
    assert read("Quế\u200b Võ\ufeff").words == ("quế", "võ")


def test_a_text_without_diacritics_is_known_as_such():
    assert not read("rac o cho thua may hom nay").marked
    assert read("rác ở chợ Thứa mấy hôm nay").marked


def test_a_capital_is_seen_through_an_abbreviation():
    text = read("UBND p. Vũ Ninh")
    assert text.capital(text.keys.index("vu"))
    assert not text.capital(text.keys.index("phuong"))
