"""The release valve: a body gets so many calls an hour; the rest waits, and is told of as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.routing.domain.case import Reason
from services.routing.domain.decision import Decision

MORE_WAIT = "escalation.con-nhieu-ho-so"
_BASIS = "[thiết kế] giới hạn số lần nhắc mỗi giờ; các hồ sơ khác chờ giờ sau"


@dataclass(frozen=True, slots=True)
class Released:
    """Calls that go out, calls that wait for the next hour, and {body: (sent, held)}."""

    sent: tuple[Decision, ...]
    held: tuple[Decision, ...]
    counted: Mapping[str, tuple[int, int]]


def release(calls: Sequence[Decision], had: Mapping[str, int], limit: int, version: str) -> Released:
    """The gravest first, at most `limit` an hour for the body that is called first of all.

    `had`: calls of this hour so far. The last one that gets through says how many more wait.
    """
    by_body: dict[str, list[Decision]] = {}
    for call in sorted(calls, key=_grave):
        by_body.setdefault(body_of(call), []).append(call)
    sent: list[Decision] = []
    held: list[Decision] = []
    counted: dict[str, tuple[int, int]] = {}
    for body, waiting in by_body.items():
        room = max(0, limit - had.get(body, 0))
        through, rest = waiting[:room], waiting[room:]
        if through and rest:
            more = Reason(MORE_WAIT, version, _BASIS, (str(len(rest)),))
            through[-1] = replace(through[-1], reasons=(*through[-1].reasons, more))
        sent += through
        held += rest
        counted[body] = (len(through), len(rest))
    return Released(tuple(sent), tuple(held), counted)


def body_of(call: Decision) -> str:
    """Whose hour a call counts in: who is called first of all."""
    return call.told[0] if call.told else call.facts.listening_owner


def _grave(call: Decision) -> tuple[int, str]:
    return -call.facts.severity, str(call.case_id)
