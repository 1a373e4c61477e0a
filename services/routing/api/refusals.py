"""Why a command was not carried out, in words that name the case's state and the command."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.routing.domain.life.commands import Refused
from services.routing.domain.transitions import CommandName
from shared.contracts.vocabulary import CaseState
from shared.web.catalogue import Catalogue
from shared.web.problems import FieldError, Problem

_STATUS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "state": 409,
        "bound": 409,
        "too_early": 409,
        "restricted": 409,
        "accused_first": 409,
        "audience": 403,
        "owner": 403,
    }
)
"""Of what the case or the body is not fit for; a field at fault is 422."""


def refusal(refused: Refused, state: CaseState, command: CommandName, texts: Catalogue) -> Problem:
    """The problem `command_refused`, with what is said of it in both languages."""
    said = {language: words(refused, state, command, texts, language) for language in ("vi", "en")}
    error = FieldError(refused.field or "command", f"refused_{refused.code}", said)
    return Problem("command_refused", [error], status=_STATUS.get(refused.code, 422))


def words(
    refused: Refused, state: CaseState, command: CommandName, texts: Catalogue, language: str = "vi"
) -> str:
    """One sentence."""
    english = language == "en"
    return texts.text(
        f"refused.{refused.code}",
        language,
        state=state if english else texts.label("state", state),
        command=command if english else texts.label("command", command).lower(),
    )
