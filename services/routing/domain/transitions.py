"""The one table of what may follow what: (state, step) -> state. Whatever it does not hold is refused.

A command of an officer or of a reporter leads to one or more steps; so do clocks, incidents and the map. The
page `docs/case-life.md` is drawn from here (`langnghe contracts write`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from shared.contracts.vocabulary import CaseState

Step = Literal[
    "forward",
    "assign",
    "accept",
    "return",
    "arbitrate",
    "answer",
    "answer_linked",
    "tell",
    "confirm",
    "object",
    "exhaust",
    "close",
    "suspend",
    "resume",
    "mark_complex",
    "correct",
    "reopen",
    "doubt",
    "note",
    "discard",
    "link",
    "unlink",
    "escalate",
    "withdraw",
]
CommandName = Literal[
    "forward",
    "accept",
    "return",
    "answer",
    "tell",
    "suspend",
    "resume",
    "reclassify",
    "mark_complex",
    "discard",
    "confirm",
    "object",
    "close",
    "withdraw",
]


@dataclass(frozen=True, slots=True)
class Row:
    """A step: from which states, to which (none: the state stays), and what it means."""

    step: Step
    froms: tuple[CaseState, ...]
    to: CaseState | None
    meaning: str


ALIVE: tuple[CaseState, ...] = ("triage", "opened", "forwarded", "accepted", "returned", "disputed")
"""States in which somebody has yet to act and no clock stands still."""

ROWS: tuple[Row, ...] = (
    Row("forward", ("triage", "opened", "returned", "disputed"), "forwarded",
        "the listening owner passes it on to the body that must settle it"),
    Row("assign", ("forwarded", "accepted", "disputed"), "forwarded",
        "the superior that has it assigns it to a body, which cannot return it"),
    Row("accept", ("opened", "forwarded", "disputed"), "accepted", "that body takes it up"),
    Row("return", ("opened", "forwarded", "accepted"), "returned",
        "that body says that it is not its own; the listening owner forwards anew"),
    Row("arbitrate", ("triage", "opened", "returned", "disputed"), "forwarded",
        "a second return, or back to a body that had it: the nearest common superior takes it"),
    Row("answer", (*ALIVE,), "answered", "it is settled, with an outcome; its reporter is to be told"),
    Row("answer_linked", ("linked",), "answered", "the leading case of its incident is answered"),
    Row("tell", ("answered",), "told", "its reporter knows the answer, and may object for some days"),
    Row("confirm", ("answered", "told"), "closed", "its reporter agrees with the answer"),
    Row("object", ("answered", "told", "closed"), "disputed",
        "its reporter objects: one level up must look; once it is closed only if that was said in time"),
    Row("exhaust", ("answered", "told"), "closed",
        "its reporter objects to a second settlement: the way that is left is the court"),
    Row("close", ("told",), "closed", "its reporter did not object in time"),
    Row("suspend", ("accepted",), "suspended", "its clocks stand still, for a reason"),
    Row("resume", ("suspended",), "accepted", "its clocks run again"),
    Row("mark_complex", ("opened", "forwarded", "accepted", "disputed"), None,
        "a person records why the law calls it complex: the longer term"),
    Row("correct", (*ALIVE, "suspended", "noted", "answered", "told", "closed"), None,
        "a person corrects what it is; whose it is stays"),
    Row("reopen", (*ALIVE, "suspended", "spam"), "opened",
        "a person decides what it is: it goes to owners anew"),
    Row("doubt", (*ALIVE, "suspended", "spam", "noted"), "triage",
        "what a person decided leaves a question: it waits"),
    Row("note", ("triage", "spam"), "noted", "it is an observation: nobody has to settle it"),
    Row("discard", ("triage", "opened"), "spam", "it is no report at all; a person can undo that"),
    Row("link", ("opened",), "linked", "it goes with the leading case of its incident"),
    Row("unlink", ("linked",), "opened", "it goes its own way again"),
    Row("escalate", ("opened", "forwarded", "accepted", "returned", "disputed"), "forwarded",
        "its deadline passed: it rises a level"),
    Row("withdraw", tuple(s for s in get_args(CaseState) if s != "withdrawn"), "withdrawn",
        "its reporter takes it back"),
)  # fmt: skip

TABLE: Mapping[tuple[CaseState, Step], CaseState] = MappingProxyType(
    {(state, row.step): row.to or state for row in ROWS for state in row.froms}
)

STEPS_OF: Mapping[CommandName, tuple[Step, ...]] = MappingProxyType(
    {
        "forward": ("forward", "assign", "arbitrate"),
        "accept": ("accept",),
        "return": ("return",),
        "answer": ("answer",),
        "tell": ("tell",),
        "suspend": ("suspend",),
        "resume": ("resume",),
        "reclassify": ("correct", "reopen", "doubt", "note"),
        "mark_complex": ("mark_complex",),
        "discard": ("discard",),
        "confirm": ("confirm",),
        "object": ("object", "exhaust"),
        "close": ("close",),
        "withdraw": ("withdraw",),
    }
)
"""What a command can lead to; a return may be followed by an arbitration, an answer by its linked cases'."""


def may(state: CaseState, command: CommandName) -> bool:
    """Whether the table knows a way for this command from here."""
    return any((state, step) in TABLE for step in STEPS_OF[command])
