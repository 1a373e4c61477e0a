"""The text model: what it adds up, what it remembers, and that training is the same from the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain import linear as limits
from services.routing.domain.linear import Linear, Weights, no_model
from services.routing.domain.text import read
from services.routing.model.weights import FILE, load, packed, save
from tests.unit.routing.ground import basis

TEXTS = ("Rác ở ngõ chợ không ai thu gom", "rac o ngo cho khong ai thu gom", "Mất điện từ tối qua", "12 hộ 7")


def small():
    grams = ["<rac>", "rac", "=rác", "thu gom", "<0>"]
    exact = np.array([[1.0, 0.0], [0.5, 0.0], [2.0, 0.0], [3.0, 0.0], [0.0, 1.0]])
    return packed(("category:rac-thai", "category:khac"), grams, exact, np.array([0.1, 0.2]))


def test_each_word_and_pair_of_a_text_counts_once():
    model = Linear(small())
    once, twice = read("Rác thu gom"), read("Rác, rác thu gom thu gom")
    assert model.read(once).value("category:rac-thai") > 0.1
    # Only the pair of rác and rác, and of gom and thu, are new, and nobody was taught them.
    assert model.read(twice).value("category:rac-thai") == pytest.approx(
        model.read(once).value("category:rac-thai"), rel=1e-4
    )


def test_the_words_that_decided_are_named_the_first_first():
    said = Linear(small()).read(read("Rác chưa thu gom"))
    assert said.words("category:rac-thai", most=2) == ("thu gom", "rác")
    assert said.words("category:unheard-of") == ()


def test_numbers_are_alike_and_not_remembered():
    model = Linear(small())
    first = model.read(read("12 7")).value("category:khac")
    for number in range(100, 400):
        model.read(read(f"số {number}"))
    assert model.read(read("345 9")).value("category:khac") == pytest.approx(first)
    assert model._used < 50


def test_what_outsiders_send_does_not_fill_the_memory(monkeypatch):
    model = Linear(small())
    monkeypatch.setattr(limits, "_MOST", 40)
    before = model.read(read("Rác thu gom")).value("category:rac-thai")
    for number in range(200):
        model.read(read(f"x{number:x}q y{number:x}z"))
    assert model._used <= 60
    assert model.read(read("Rác thu gom")).value("category:rac-thai") == pytest.approx(before)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_reading_a_text_twice_says_the_same(text):
    model = basis().model
    known = read(text)
    assert model.read(known).of("category") == model.read(known).of("category")


def test_without_a_model_nothing_is_said():
    said = no_model().read(read(TEXTS[0]))
    assert said.of("category") == ((), [])
    assert said.value("accused:none", unknown=1.0) == 1.0


def test_weights_are_kept_as_they_are(tmp_path):
    weights = load(FILE)
    save(weights, tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == FILE.read_bytes()
    assert FILE.stat().st_size < 2_000_000
    assert load(tmp_path / "again.npz").version == weights.version


def test_training_is_the_same_from_the_same():
    pytest.importorskip("sklearn")
    from services.routing.model.train import lessons, train

    taught = [
        (text, {"category": c, "legal_kind": "phan_anh", "severity": 1, "level": "commune", "accused": None})
        for text, c in zip(TEXTS, ("rac-thai", "rac-thai", "dien-chieu-sang", "khac"), strict=True)
    ]
    one, other = (train(lessons(taught, basis().rules)[:8]) for _ in range(2))
    assert one.version == other.version
    said = Linear(one).read(read("Rác chưa thu gom"))
    answers, scores = said.of("category")
    assert answers[scores.index(max(scores))] == "rac-thai"


def test_wrong_weights_are_refused(tmp_path):
    good = small()
    bad = Weights("x", good.outputs[:1], good.grams, good.matrix, good.scale, good.bias)
    save(bad, tmp_path / "bad.npz")
    with pytest.raises(ValueError, match="weights for"):
        load(tmp_path / "bad.npz")
