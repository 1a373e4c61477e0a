"""From a command on a case that is there to its decisions: the one place that knows which file does which."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from services.routing.domain.basis import Basis
from services.routing.domain.case import Case
from services.routing.domain.decision import Decision
from services.routing.domain.life import answering, passing, pausing, reclassify
from services.routing.domain.life import commands as c

_Handler = Callable[[Case, Any, Basis], tuple[Decision, ...]]
_HANDLERS: Mapping[type[c.LifeCommand], _Handler] = MappingProxyType(
    {
        c.Forward: passing.forward,
        c.Accept: passing.accept,
        c.Return: passing.give_back,
        c.Answer: answering.answer,
        c.Tell: answering.tell,
        c.Confirm: answering.confirm,
        c.Object: answering.objects,
        c.Close: answering.close,
        c.Suspend: pausing.suspend,
        c.Resume: pausing.resume,
        c.MarkComplex: pausing.mark_complex,
        c.Reclassify: reclassify.reclassify,
        c.Discard: reclassify.discard,
    }
)


def act(case: Case, command: c.LifeCommand, basis: Basis) -> tuple[Decision, ...]:
    """What a command leads to; nothing if it changes nothing. Raises Refused."""
    return _HANDLERS[type(command)](case, command, basis)
