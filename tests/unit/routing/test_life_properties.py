"""Whatever officers, reporters and clocks do, in whatever order: what must hold of a case holds."""

from datetime import datetime, timedelta
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.audience import conflict, guarded
from services.routing.domain.calendar import local_date
from services.routing.domain.decide import Withdraw, decide
from services.routing.domain.decision import evolve
from services.routing.domain.life import commands as c
from services.routing.domain.life.clock import clocks_of
from services.routing.domain.life.matter import matter_of
from services.routing.domain.life.record import ComplexReason
from services.routing.domain.transitions import STEPS_OF, TABLE
from shared.contracts.vocabulary import CATEGORIES, LEGAL_KINDS, Level, Outcome
from tests.unit.routing.ground import AFTER, BEFORE, VN, basis, commune, opened

TEXTS = (
    ("Rác ở phường Vũ Ninh ba ngày không ai thu gom, bốc mùi", AFTER),
    ("Đèn đường ở xã Yên Giả hỏng mấy tuần nay tối om", BEFORE),
    ("Tôi khiếu nại quyết định thu hồi đất của UBND xã Tam Đa, bồi thường sai", AFTER),
    ("Chủ tịch xã Văn Môn ăn chặn tiền hỗ trợ bão của dân", AFTER),
    ("Cán bộ vòi tiền mới làm giấy tờ cho dân", AFTER),
    ("Trưởng thôn ở xã Văn Môn thu tiền không có biên lai", AFTER),
    ("Huyện Quế Võ cắt điện luân phiên mà không báo", AFTER),
    ("alo alo 1 2 3", AFTER),
)
HERE = (commune("09169"), commune("09238"))
PLACES = (*HERE, basis().home(AFTER), "uffffff")
KINDS = (
    "mttq",
    "ubnd",
    "phong_kinh_te",
    "tt_dich_vu_cong",
    "cong_an",
    "thanh_tra",
    "uy_ban_kiem_tra",
    "so_nnmt",
)
ROLES = ["none", "commune_chair", "commune_official", "hamlet_head", "agency_province"]
ENDED = ("closed", "withdrawn", "noted", "spam")
STEPS = {
    **STEPS_OF,
    "return": (*STEPS_OF["return"], "arbitrate", "doubt"),
    "forward": (*STEPS_OF["forward"], "doubt"),
}

bodies = st.builds("{}@{}".format, st.sampled_from(KINDS), st.sampled_from(PLACES))


@st.composite
def orders(draw, case, at):
    """A command on a case, mostly by a body that may know of it."""
    by = draw(st.sampled_from(case.audience) | bodies)
    told = {"at": at, "by": by, "note": draw(st.sampled_from(["", "vì vậy"]))}
    to = st.none() | bodies | st.sampled_from(case.audience)
    kind = draw(st.sampled_from([*c.NAMES, Withdraw]))
    if kind in (c.Confirm, c.Object, c.Close, Withdraw):
        return kind(at)
    own = OWN.get(kind)
    return kind(**told, **(draw(own) if own is not None else {"to": draw(to)} if kind is c.Forward else {}))


OWN = {
    c.Answer: st.fixed_dictionaries({"outcome": st.sampled_from(get_args(Outcome))}),
    c.Suspend: st.fixed_dictionaries({"reason": st.sampled_from(get_args(c.SuspendReason))}),
    c.MarkComplex: st.fixed_dictionaries(
        {
            "reasons": st.lists(st.sampled_from(get_args(ComplexReason)), max_size=2).map(tuple),
            "especially": st.booleans(),
        }
    ),
    c.Reclassify: st.fixed_dictionaries(
        {
            "unit": st.none() | st.sampled_from(PLACES),
            "category": st.none() | st.sampled_from(CATEGORIES),
            "legal_kind": st.none() | st.sampled_from(LEGAL_KINDS),
            "severity": st.none() | st.integers(0, 3),
            "level": st.none() | st.sampled_from(get_args(Level)),
            "accused": st.none() | st.sampled_from(ROLES),
            "accused_kind": st.none() | st.sampled_from(["cong_an", "mttq", "so_nnmt"]),
        }
    ),
}
"""What else a command tells, by its kind."""


def holds(case, at):
    """What must be true of every case at any time."""
    about = matter_of(case, basis(), local_date(at))
    facts, life = case.facts, case.findings.life
    assert facts.listening_owner in case.audience
    assert facts.resolving_owner is None or facts.resolving_owner in case.audience
    if guarded(about):
        assert facts.restricted
        bar = conflict(about, basis().units)
        assert not [body for body in case.audience if bar.bars(body)]
    if facts.deadlines is not None:
        counted, _ = clocks_of(facts, life, basis(), owed=True)
        assert facts.deadlines.settle_by in (None, counted.settle_by)
        assert facts.deadlines.listen_by == counted.listen_by
        assert facts.deadlines.forward_by == counted.forward_by
    if facts.state == "suspended":
        assert facts.deadlines.settle_by is None


def name_of(command):
    return "withdraw" if isinstance(command, Withdraw) else c.NAMES[type(command)]


def done(case, command, at):
    """The case after a command; every step of it stood in the table and kept what must hold."""
    decisions = decide(case, command, basis())
    for decision in decisions:
        was, case = case, evolve(case, decision)
        assert case.version == was.version + 1
        ways = {TABLE.get((was.facts.state, step)) for step in STEPS[name_of(command)]}
        assert case.facts.state in ways, (was.facts.state, command, case.facts.state)
        if not isinstance(command, c.Object):
            assert case.findings.life.since == was.findings.life.since
        holds(case, at)
    return case


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_is_done_in_whatever_order(data):
    text, on = data.draw(st.sampled_from(TEXTS))
    case = evolve(None, opened(text, on))
    at = datetime(on.year, on.month, on.day, 10, tzinfo=VN)
    for _ in range(data.draw(st.integers(1, 12))):
        at += timedelta(hours=data.draw(st.integers(0, 60)))
        command = data.draw(orders(case, at))
        bound = case.findings.life.arbiter
        try:
            now = done(case, command, at)
        except c.Refused:
            continue
        if bound is not None:
            assert not isinstance(command, c.Return), "what the superior assigned was given back"
        case = now
    assert case.facts.state in ENDED or leads_on(case, at), case


def leads_on(case, at):
    """Some body that may know of the case can bring it further: there is no dead end."""
    others = [
        f"{kind}@{unit}" for kind in ("ubnd", "thanh_tra", "uy_ban_kiem_tra") for unit in case.facts.path
    ]
    for by in case.audience:
        told = {"at": at, "by": by, "note": "tiếp"}
        tries = [c.Accept(**told), c.Resume(**told), c.Tell(**told), c.Forward(**told), c.Confirm(at)]
        tries += [c.Answer(**told, outcome=outcome) for outcome in ("settled", "explained")]
        tries += [c.Forward(**told, to=to) for to in others]
        for command in tries:
            try:
                if decide(case, command, basis()):
                    return True
            except c.Refused:
                pass
    return False
