"""The rule file of escalation: its shape, and what it becomes."""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from services.routing.domain.escalation.rules import Action, Clock, EscalationRules, Step
from services.routing.rules.models import Dated, Row

FILE = "escalation.toml"


class StepRow(Dated):
    id: str = Field(pattern=r"^escalation\.[a-z.-]+$", max_length=60)
    clock: Clock
    action: Action
    amount: int = Field(ge=-100_000, le=100_000)
    unit: Literal["wd", "min"]
    basis: str


class EscalationFile(Row):
    version: str
    calls_per_hour: int = Field(ge=1, le=10_000)
    look_again_minutes: int = Field(ge=1, le=1_440)
    unreached_minutes: dict[Clock, int]
    step: tuple[StepRow, ...] = Field(min_length=1)


def escalation_rules(file: EscalationFile) -> EscalationRules:
    """The rules in the domain's words."""
    return EscalationRules(
        steps=tuple(
            Step(r.id, r.clock, r.action, r.amount, r.unit, r.basis, r.valid_from, r.valid_to)
            for r in file.step
        ),
        unreached={clock: timedelta(minutes=amount) for clock, amount in file.unreached_minutes.items()},
        calls_per_hour=file.calls_per_hour,
        look_again=timedelta(minutes=file.look_again_minutes),
    )
