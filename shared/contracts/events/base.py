"""What every event is made of: the base classes, ids, and the parts that more than one topic uses."""

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.vocabulary import Breadth, Group, Stance

UnitId = Annotated[str, Field(pattern=r"^u[0-9a-z]{6,15}$")]
BodyId = Annotated[str, Field(pattern=r"^[a-z_]+@u[0-9a-z]{6,15}$", max_length=64)]


class Part(BaseModel):
    """A part of an event: immutable; unknown fields are ignored, so that additive change harms nobody."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Part):
    """An event's body. `major` and the class name make the CloudEvents type, `langnghe.<Name>.v<major>`."""

    major: ClassVar[int] = 1
    topic: ClassVar[str]

    @classmethod
    def ce_type(cls) -> str:
        return f"langnghe.{cls.__name__}.v{cls.major}"

    @property
    def key(self) -> str:
        """What the topic is keyed and ordered by."""
        raise NotImplementedError


class Observation(Part):
    """What a member of the network saw or heard: a group (never a person), its stance, how widespread."""

    group: Group
    stance: Stance
    breadth: Breadth
    people: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    second_hand: bool = False
