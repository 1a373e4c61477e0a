"""What deciding looks up instead of working it out: the same answers as the plain way gives."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain import remembered as limits
from services.routing.domain.clocks import Sort, Terms, deadlines
from services.routing.domain.remembered import Remembered
from services.routing.domain.text import read
from services.routing.domain.trie import Trie
from services.routing.rules import standard
from tests.unit.routing.corpus import decided
from tests.unit.routing.ground import opened

WORDS = st.sampled_from(("xa", "van", "mon", "rac"))
PHRASES = st.lists(st.lists(WORDS, min_size=1, max_size=4).map(tuple), min_size=1, max_size=6)


@given(PHRASES, st.lists(WORDS, max_size=12).map(tuple))
def test_a_trie_finds_what_comparing_every_slice_finds(phrases, words):
    trie = Trie((phrase, phrase) for phrase in phrases)
    found = {(at, end) for at in trie.starts(words) for end, _ in trie.at(words, at)}
    slices = ((at, at + len(phrase), phrase) for phrase in phrases for at in range(len(words)))
    assert found == {(at, end) for at, end, phrase in slices if words[at:end] == phrase}


def test_work_on_a_word_is_done_once_and_never_fills_the_memory(monkeypatch):
    monkeypatch.setattr(limits, "_MOST", 3)
    asked = []
    known = Remembered(lambda word: asked.append(word) or word.upper())
    assert [known["a"], known["a"], known["b"]] == ["A", "A", "B"]
    assert asked == ["a", "b"]
    for word in "cdefg":
        assert known[word] == word.upper()
    assert len(known) <= 3


def test_a_key_is_the_word_itself_where_nothing_is_folded():
    text = read("Rác ở xã Văn Môn ðã 3 ngày, Ⅷ")
    assert all(word is key for word, key in zip(text.words, text.keys, strict=True) if word == key)


def test_many_people_are_counted_in_words():
    crowds = ("12 hộ mất nước", "có 5 anh chị em", "07 nhà ngập", "99999 người", "4 hộ, 8 gia đình")
    few = ("4 hộ mất nước", "100000 người", "12 con gà", "số 12", "12hộ", "hộ 12")
    assert all("dong_nguoi" in opened(text).facts.flags for text in crowds)
    assert not any("dong_nguoi" in opened(text).facts.flags for text in few)


def test_remembered_terms_are_those_counted_anew():
    remembering = Terms.of(standard(), range(2024, 2031))
    for made, _, decision in decided()[::10]:
        facts, at = decision.facts, made.received_at + timedelta(hours=1)
        sort = Sort(facts.legal_kind, facts.severity, facts.category)
        fresh = Terms(remembering.rules, remembering.table, remembering.calendar)
        for resolved in (True, False):
            assert deadlines(sort, at, resolved, remembering) == deadlines(sort, at, resolved, fresh)
