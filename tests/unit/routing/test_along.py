"""A case's reasons as they stand: after each decision, told of the case as it was then."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import orjson

from services.routing import pages
from services.routing.domain.chain import Cause, seal
from services.routing.domain.decide import decide
from services.routing.domain.decision import evolve
from services.routing.domain.life.commands import (
    Accept,
    Answer,
    Forward,
    Object,
    Reclassify,
    Resume,
    Return,
    Suspend,
    Tell,
)
from services.routing.problems import TEXTS
from services.routing.store.reads import Decided
from services.routing.views.along import along, standing
from services.routing.views.history import entries
from services.routing.views.names import Names
from services.routing.views.terms import duty_lines
from shared.web.catalogue import BASE_TEXTS, Catalogue
from tests.unit.routing.ground import basis, commune, opened
from tests.unit.routing.test_life import AT, FRONT, HERE, OFFICE, RUBBISH, case_of, order

CATALOGUE = Catalogue.load(BASE_TEXTS, TEXTS)
NAMES = Names(basis(), CATALOGUE)
OTHER = f"phong_kinh_te@{HERE}"


def lived(*commands, text=RUBBISH):
    """The case after these commands with its history as it is stored, and the case after each decision."""
    made = opened(text)
    case = evolve(None, made)
    history = [Decided(1, "Opened", made.reasons, {}, made.decided_at)]
    stood = [case]
    for command in commands:
        for step, decision in enumerate(decide(case, command, basis())):
            sealed = seal(case, decision, Cause(uuid4(), step), None, b"0" * 16)
            case = evolve(case, decision)
            changes = {n: tuple(pair) for n, pair in orjson.loads(sealed.changes).items()}
            history.append(
                Decided(
                    case.version, decision.kind, decision.reasons, changes, decision.decided_at, decision.by
                )
            )
            stood.append(case)
    return case, history, stood


LIFE = (
    order(Return, OFFICE, note="của phòng khác"),
    order(Forward, FRONT, to=OTHER),
    order(Accept, OTHER),
    order(Suspend, OTHER, reason="cho_giam_dinh"),
    order(Resume, OTHER, AT + timedelta(days=6)),
    order(Reclassify, FRONT, AT + timedelta(days=6), severity=2, note="mùi nặng"),
    order(Answer, OTHER, AT + timedelta(days=7), outcome="settled"),
    order(Tell, FRONT, AT + timedelta(days=7)),
    Object(AT + timedelta(days=8)),
)


def test_a_case_is_told_as_it_stood_after_each_decision():
    case, history, stood = lived(*LIFE)
    for then, was in zip(along(case, history), stood, strict=True):
        for name in (
            "state",
            "unit",
            "severity",
            "listening_owner",
            "resolving_owner",
            "outcome",
            "object_by",
        ):
            assert getattr(then.facts, name) == getattr(was.facts, name), name
        assert then.facts.deadlines.settle_by == was.facts.deadlines.settle_by


def test_each_question_is_answered_by_the_latest_decision_that_says_something():
    case, history, _ = lived(*LIFE[:3])
    answers = {a.question: a for a in standing(case, history, NAMES, erased=False)}
    bodies = [point.rule for point in answers["bodies"].points]
    assert bodies == ["life.thu-ly"]
    assert answers["bodies"].since == AT
    assert answers["unit"].since == history[0].decided_at
    told = " ".join(point.text for answer in answers.values() for point in answer.points)
    assert "Phòng Kinh tế phường Vũ Ninh đã thụ lý" in told
    assert "{" not in told
    assert "@u" not in told


def test_every_step_of_a_life_has_its_words():
    for text, commands in ((RUBBISH, LIFE),):
        case, history, _ = lived(*commands, text=text)
        for entry in entries(case, history, NAMES, erased=False):
            said = " ".join((entry["title"], entry["by"], *entry["reasons"]))
            assert "{" not in said
            assert "@u" not in said
            assert "life." not in entry["title"]
            assert all(line.split(" ")[0] not in line.split("[")[-1] for line in entry["reasons"])


def test_the_laws_duties_are_named_while_they_run():
    complaint = "Tôi khiếu nại quyết định thu hồi đất của UBND xã Tam Đa, bồi thường sai"
    office = case_of(complaint).facts.resolving_owner
    case, history, _ = lived(
        order(Accept, office), order(Suspend, office, reason="cho_giam_dinh"), text=complaint
    )
    assert [d.key for d in duty_lines(case, history, NAMES)] == []
    case, history, _ = lived(order(Return, OFFICE, note="không phải"))
    assert [d.key for d in duty_lines(case, history, NAMES)] == []
    case, history, _ = lived()
    assert [(d.key, d.rule) for d in duty_lines(case, history, NAMES)] == [("reply", "tra-loi-noi-chuyen")]


def test_no_template_asks_for_a_text_that_is_not_there():
    assert CATALOGUE.unknown_keys([Path(pages.__file__).parents[1] / "templates"]) == []
    assert commune("09169") == HERE
