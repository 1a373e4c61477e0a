"""The chain of a case's decisions: every change of it is found and named; erasing leaves it whole."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain import chain, merkle
from services.routing.domain.case import Observed, Reason
from services.routing.domain.decide import OpenCase, open_case
from services.routing.domain.decision import evolve, on_case
from services.routing.domain.proof import History, Kept, examine
from tests.unit.routing.ground import basis, report

TEXT = "Rác ở phường Vũ Ninh ba ngày không ai thu gom"
AT = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)
WORDS = Reason("life.ly-do", "rules-1", "Luật", ("không thuộc thẩm quyền",))


class Written:
    """A case's history as the tables would keep it."""

    def __init__(self, text=TEXT, **told):
        self.report = report(text, **told)
        self.case = None
        self.kept = []
        self.told = (text, None, None)
        self.erased = False
        self._take(open_case(self.report, self.report.received_at, basis()))

    def _take(self, decision):
        was, cause = self.case, uuid4()
        salt = bytes(range(16))
        sealed = chain.seal(was, decision, chain.Cause(cause, 0), None if was else self.told, salt)
        self.case = evolve(was, decision, sealed.link)
        entry = chain.Entry(
            decision.case_id,
            decision.root_id,
            self.case.version,
            decision.kind,
            cause,
            0,
            decision.by,
            decision.reasons,
            decision.map_version,
            decision.rules_version,
            decision.decided_at,
            sealed.commitment,
            sealed.changes or b"",
        )
        self.kept.append(Kept(entry, sealed.link, sealed.salt))

    def change(self, kind="Accepted", reasons=(WORDS,), **facts):
        at = AT + timedelta(hours=len(self.kept))
        self._take(
            on_case(self.case, kind, replace(self.case.facts, **facts), reasons=reasons, basis=basis(), at=at)
        )
        return self

    def entry(self, version, **fields):
        kept = self.kept[version - 1]
        self.kept[version - 1] = replace(kept, entry=kept.entry._replace(**fields))

    @property
    def history(self):
        return History(self.case.case_id, self.case, tuple(self.kept), self.told, self.erased)

    def broken(self):
        found = examine(self.history)
        return found and (found.version, found.fault, found.field)


@pytest.fixture
def written():
    return (
        Written()
        .change(state="accepted")
        .change("Rescheduled", deadlines=None)
        .change("Closed", state="closed")
    )


def test_what_nobody_touched_holds(written):
    assert written.broken() is None
    assert len({kept.link for kept in written.kept}) == 4
    assert written.case.head == written.kept[-1].link


def test_an_observation_and_a_guarded_case_hold_too():
    seen = Observed("nhan_dan", "tan_thanh", "da_so")
    told = {"purpose": "observation", "organisation": "phu_nu", "observation": seen}
    assert Written("Nhân dân xã Văn Môn phấn khởi về chủ trương mới", **told).broken() is None
    guarded = Written("Chủ tịch xã Nghĩa Phương ăn chặn tiền hỗ trợ bão của dân").change(state="accepted")
    assert guarded.case.findings.accused
    assert guarded.broken() is None


def test_a_changed_reason_is_named(written):
    written.entry(3, reasons=(replace(WORDS, rule="life.khac"),))
    assert written.broken() == (3, "link", None)


def test_a_changed_word_of_a_reason_is_named(written):
    written.entry(3, reasons=(replace(WORDS, words=("thuộc thẩm quyền",)),))
    assert written.broken() == (3, "text", None)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "Returned"},
        {"cause": UUID(int=1)},
        {"step": 1},
        {"by": "ubnd@u0000001"},
        {"decided_at": AT},
        {"rules_version": "rules-2"},
        {"map_version": 1},
        {"root_id": UUID(int=1)},
        {"commitment": b"x" * 32},
    ],
)
def test_a_changed_code_is_named(written, fields):
    written.entry(4, **fields)
    assert written.broken() == (4, "link", None)


def test_a_changed_change_is_named_with_its_field(written):
    body = orjson.loads(written.kept[1].entry.body)
    written.entry(2, body=orjson.dumps({**body, "state": ["opened", "answered"]}))
    assert written.broken() == (2, "link", "state")


def test_a_lost_decision_is_named(written):
    del written.kept[2]
    assert written.broken() == (3, "decision_gone", None)


def test_the_last_decision_lost_is_named_too(written):
    del written.kept[3]
    assert written.broken() == (4, "decision_gone", None)


def test_decisions_in_another_order_are_named(written):
    second, third = written.kept[1:3]
    written.kept[1] = replace(third, entry=third.entry._replace(version=2))
    written.kept[2] = replace(second, entry=second.entry._replace(version=3))
    assert written.broken()[:2] == (2, "link")


def test_a_row_that_says_otherwise_than_its_history_is_named(written):
    written.case = replace(written.case, facts=replace(written.case.facts, state="accepted"))
    assert written.broken() == (4, "field", "state")


@pytest.mark.parametrize(
    "change", [{"category": "khac"}, {"unit": None}, {"severity": 0}, {"restricted": True}]
)
def test_a_row_changed_in_what_no_decision_changed_is_named(written, change):
    written.case = replace(written.case, facts=replace(written.case.facts, **change))
    assert written.broken() == (1, "opening", None)


def test_a_wider_audience_is_named(written):
    written.case = replace(written.case, audience=(*written.case.audience, "ubnd@u0000001"))
    assert written.broken() == (1, "opening", None)


def test_a_forgotten_accused_is_named():
    written = Written("Chủ tịch xã Nghĩa Phương ăn chặn tiền hỗ trợ bão của dân")
    written.case = replace(written.case, findings=replace(written.case.findings, accused=None))
    assert written.broken() == (1, "opening", None)


def test_another_head_is_named(written):
    written.case = replace(written.case, head=b"x" * 32)
    assert written.broken() == (4, "head", None)


def test_another_text_is_named(written):
    written.told = ("Chẳng có gì", None, None)
    assert written.broken() == (1, "text", None)


def test_a_decision_without_a_link_is_named(written):
    written.kept[2] = replace(written.kept[2], link=b"")
    assert written.broken() == (3, "unchained", None)


def test_a_case_that_is_gone_is_named(written):
    assert examine(replace(written.history, case=None)).fault == "case_gone"


def test_erasing_the_reporter_leaves_the_chain_whole_and_proves_no_text(written):
    written.told, written.erased = None, True
    for n, kept in enumerate(written.kept):
        reasons = tuple(reason.wordless() for reason in kept.entry.reasons)
        written.kept[n] = Kept(kept.entry._replace(reasons=reasons), kept.link, None)
    assert written.broken() is None
    written.erased = False
    assert written.broken() == (1, "text", None), "words may be gone with their reporter only"
    written.told, written.erased = ("Một câu khác", None, None), True
    assert written.broken() == (1, "text", None)


def test_what_was_decided_before_the_chain_began_holds(written):
    for n in (0, 1):
        written.kept[n] = replace(written.kept[n], link=b"")
    entry = written.kept[2].entry
    third = chain.link(chain.GENESIS, entry)
    fourth = chain.link(third, written.kept[3].entry)
    written.kept[2:] = [replace(written.kept[2], link=third), replace(written.kept[3], link=fourth)]
    written.case = replace(written.case, head=fourth)
    assert written.broken() is None


def test_a_new_field_of_facts_that_says_nothing_changes_no_link(written):
    known = chain.codes(written.case.facts, written.case.audience, written.case.findings)
    assert "incident" not in known
    assert "restricted" not in known
    assert known["severity"] is not None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["accepted", "returned", "suspended", "opened"]), max_size=6), st.data())
def test_any_history_holds_and_any_link_changed_is_found(states, data):
    written = Written()
    for state in states:
        written.change(state=state)
    assert written.broken() is None
    at = data.draw(st.integers(0, len(written.kept) - 1))
    written.kept[at] = replace(written.kept[at], link=b"\x01" * 32)
    assert written.broken() is not None


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=40))
def test_a_tree_changes_with_each_head_and_with_their_order(heads):
    def top(of):
        tree = merkle.Tree()
        for n, head in enumerate(of):
            tree.add(UUID(int=n), head)
        return tree.top()

    assert top(heads) == top(list(heads))
    for n in range(len(heads)):
        assert top(heads[:n] + heads[n + 1 :]) != top(heads)
    if len(set(heads)) > 1:
        assert top(sorted(heads)) != top(sorted(heads, reverse=True))


def test_a_root_stands_for_those_before_it():
    tree = merkle.Tree()
    tree.add(UUID(int=1), b"x" * 32)
    first = merkle.root(b"", date(2026, 11, 20), tree)
    assert merkle.root(first, date(2026, 11, 21), merkle.Tree()) != merkle.root(
        b"", date(2026, 11, 21), merkle.Tree()
    )


def test_opening_again_gives_the_same_link():
    made = report(TEXT)
    decision = open_case(OpenCase(made, made.received_at).report, made.received_at, basis())
    cause = chain.Cause(UUID(int=3), 0)
    sealed = [chain.seal(None, decision, cause, (TEXT, None, None), b"s" * 16) for _ in range(3)]
    assert len({one.link for one in sealed}) == 1
