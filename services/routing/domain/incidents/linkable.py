"""Which cases may belong to an incident. Never across a denunciation; never observations with requests."""

from services.routing.domain.case import Facts
from shared.contracts.vocabulary import CaseState

_LEFT_ALONE: frozenset[CaseState] = frozenset({"noted", "spam", "withdrawn"})


def may_be_compared(facts: Facts) -> bool:
    """Whether a case may be compared with others at all: a request that nobody is accused in.

    A guarded case neither joins nor is joined, nor looked at: that it is like another would tell of it.
    """
    return facts.purpose == "request" and not facts.restricted and facts.state not in _LEFT_ALONE
