"""The page of a case, rendered: its forms are those that its state allows, for the bodies that may act."""

import re
from datetime import datetime
from html import unescape
from pathlib import Path

import pytest

from services.routing import pages
from services.routing.domain.life.commands import Accept, Answer, Tell
from services.routing.problems import TEXTS
from services.routing.store.reads import Told
from services.routing.views.acts import Sent, forms
from services.routing.views.case import Read, case_context
from shared.web import templates
from tests.unit.routing.ground import VN, commune
from tests.unit.routing.test_along import LIFE, NAMES, lived
from tests.unit.routing.test_life import AFTER, FRONT, HOME, OFFICE, RUBBISH, order

PAGES = templates(Path(pages.__file__).parents[1] / "templates", nav=(), texts=TEXTS)
NOW = datetime(2026, 3, 5, 9, tzinfo=VN)


def page(*commands, text=RUBBISH, sent=None):
    case, history, _ = lived(*commands, text=text)
    context = case_context(Read(case, Told(text, None, None, None), history, ()), NAMES, NOW, sent)
    return case, PAGES.env.get_template("case.html").render(**context)


def commands_on(html):
    return re.findall(r'action="/cases/[^"]+/([a-z_]+)"', html)


@pytest.mark.parametrize(
    ("commands", "shown"),
    [
        ((), ["accept", "answer", "forward", "return", "mark_complex", "reclassify", "discard"]),
        ((order(Accept, OFFICE),), ["answer", "return", "suspend", "mark_complex", "reclassify"]),
        (LIFE[:1], ["answer", "forward", "reclassify"]),
        (LIFE[:4], ["resume", "reclassify"]),
        ((order(Answer, OFFICE, outcome="settled"),), ["tell", "reclassify"]),
        (LIFE, ["accept", "answer", "forward", "mark_complex", "reclassify"]),
    ],
)
def test_the_state_decides_which_forms_there_are(commands, shown):
    _, html = page(*commands)
    assert commands_on(html) == shown


def test_a_form_offers_only_who_may_act_and_who_may_have_the_case():
    case, _, _ = lived(text="Chủ tịch xã Văn Môn ăn chặn tiền hỗ trợ bão của dân")
    (forward,) = [form for form in forms(case, NAMES, AFTER, None) if form.command == "forward"]
    assert {body.split("@")[1] for body, _ in (*forward.options["to"], *forward.bodies)} == {HOME}
    assert not [body for body, _ in forward.options["to"] if body.startswith("mttq@")]


def test_nobody_is_offered_a_case_while_it_is_open_who_is_accused():
    _, html = page(text="Cán bộ vòi tiền mới làm giấy tờ cho dân")
    assert commands_on(html) == ["answer", "reclassify"]


def test_what_was_typed_and_what_is_wrong_come_back():
    sent = Sent("return", {"by": OFFICE, "note": 'chỗ <b>"khác"</b>'}, {"note": "Cần ghi rõ lý do."})
    _, html = page(sent=sent)
    assert '<details id="lam-return" open>' in html
    assert "Cần ghi rõ lý do." in html
    assert "<b>" not in html
    assert 'chỗ <b>"khác"</b>' in unescape(html)
    assert 'aria-invalid="true"' in html


def test_every_control_has_a_label_of_its_own():
    _, html = page()
    labelled = re.findall(r'<label for="([^"]+)"', html)
    assert len(labelled) == len(set(labelled))
    assert set(re.findall(r'<(?:select|textarea) id="([^"]+)"', html)) == set(labelled)


def test_what_has_been_settled_is_said():
    _, html = page(*LIFE[:8])
    said = unescape(re.sub(r"<[^>]+>", " ", html))
    assert "Đã giải quyết" in said
    assert "Phòng Kinh tế phường Vũ Ninh" in said
    assert "{" not in said
    assert order(Tell, FRONT).by == f"mttq@{commune('09169')}"
