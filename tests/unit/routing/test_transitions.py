"""The one table of what may follow what."""

from typing import get_args

import pytest

from deploy.cli.contracts import LIFE_PAGE
from deploy.cli.life_page import life_page
from services.routing.domain.life.act import act
from services.routing.domain.life.commands import NAMES
from services.routing.domain.transitions import ROWS, STEPS_OF, TABLE, CommandName, Step, may
from shared.contracts.vocabulary import ENDED_STATES, CaseState

STATES = get_args(CaseState)
OPENING = ("opened", "triage", "noted", "spam")


def test_the_page_is_drawn_from_the_table():
    assert LIFE_PAGE.read_text() == life_page(), "run: langnghe contracts write"


def test_each_step_leads_from_a_state_to_one_state():
    assert len(TABLE) == sum(len(row.froms) for row in ROWS)
    assert {row.step for row in ROWS} == set(get_args(Step))
    assert set(TABLE.values()) <= set(STATES)


def test_every_command_has_its_steps_and_every_one_is_carried_out_somewhere():
    assert set(STEPS_OF) == set(get_args(CommandName))
    assert set(NAMES.values()) == set(STEPS_OF) - {"withdraw"}
    assert callable(act)


@pytest.mark.parametrize("state", [s for s in STATES if s not in ENDED_STATES])
def test_every_state_that_is_not_an_end_leads_on(state):
    assert [name for name in STEPS_OF if name != "withdraw" and may(state, name)]
    assert {TABLE[state, row.step] for row in ROWS if state in row.froms} - {state, "withdrawn"}


def test_every_state_can_be_reached():
    reached = set(OPENING)
    while more := {to for (state, _), to in TABLE.items() if state in reached} - reached:
        reached |= more
    assert reached == set(STATES)


def test_from_every_state_a_case_can_come_to_its_end():
    ends = {"closed"}
    while more := {state for (state, _), to in TABLE.items() if to in ends} - ends:
        ends |= more
    assert ends == set(STATES) - {"withdrawn"}
