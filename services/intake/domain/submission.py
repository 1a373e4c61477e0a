"""What a report must look like to come in, whichever door it comes through.

`Submission` is the shape; `check_submission` is the decision: accepted with its times and flags, or every
problem that was found, each naming its field.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, cast, get_args

import orjson
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from services.intake.domain import strict_json
from services.intake.domain.clean import clean, clean_line
from services.intake.domain.mac import mac
from services.intake.domain.problems import Problem, problem
from services.intake.domain.refusal import problems_of
from services.intake.domain.times import TimeRefused, Times, parse_instant, settle
from shared.contracts.vocabulary import Breadth, Channel, Group, Organisation, Purpose, Stance

CHANNELS: Final[frozenset[Channel]] = frozenset(get_args(Channel))
PUBLIC_CHANNELS: Final[frozenset[Channel]] = frozenset({"web", "api"})
"""What somebody may say who has proved nothing: a hotline's report comes from the hotline."""
MAX_TEXT: Final = 10_000
"""Characters (code points after cleaning, before any redaction)."""


def _text(value: str) -> str:
    text = clean(value)
    if not text:
        raise PydanticCustomError("text_empty", "empty")
    if len(text) > MAX_TEXT:
        raise PydanticCustomError("too_long", "too long", {"max_length": MAX_TEXT})
    return text


def _instant(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return parse_instant(value)
    except TimeRefused as refused:
        raise PydanticCustomError("time_refused", "time", {"code": refused.code}) from refused


def _cleaned_line(value: object) -> object:
    return clean_line(value) if isinstance(value, str) else value


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


Instant = Annotated[datetime, BeforeValidator(_instant)]
OneLine = Annotated[str, BeforeValidator(_cleaned_line)]


class Coordinates(_Strict):
    """A point in WGS 84, in degrees."""

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class Contact(_Strict):
    """How to reach the reporter. Sealed at intake; no field is required, an anonymous report is a report."""

    name: Annotated[OneLine, Field(max_length=200)] | None = None
    phone: Annotated[OneLine, Field(max_length=40, pattern=r"^\+?[0-9(][0-9 ().\-]{5,38}[0-9]$")] | None = (
        None
    )
    email: (
        Annotated[OneLine, Field(max_length=254, pattern=r"^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+$")] | None
    ) = None
    address: Annotated[OneLine, Field(max_length=500)] | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing was told."""
        return not (self.name or self.phone or self.email or self.address)


class Observation(_Strict):
    """What a member of the network reflects: who thinks or does it, how they stand to it, how widely."""

    group: Group
    stance: Stance
    breadth: Breadth
    people: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    second_hand: bool = False


class Submission(_Strict):
    """A report as its sender wrote it, cleaned but not yet redacted: it may hold personal data."""

    text: Annotated[str, AfterValidator(_text)]
    purpose: Purpose = "request"
    channel: Channel
    language: Annotated[str, Field(max_length=35, pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "vi"
    place_hint: Annotated[OneLine, Field(max_length=300)] | None = None
    reporter_unit: Annotated[str, Field(pattern=r"^([0-9]{2}|[0-9]{3}|[0-9]{5})$")] | None = None
    coordinates: Coordinates | None = None
    organisation: Organisation | None = None
    observation: Observation | None = None
    contact: Contact | None = None
    consent: bool = False
    occurred_at: Instant | None = None
    submitted_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """What a sender may say: registered sources and sheets may tell when it was submitted."""

    trusts_submitted_at: bool
    channels: frozenset[Channel] = CHANNELS
    default_channel: Channel | None = None
    """Of a submission that names none; without a default that is a problem."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A submission that comes in, with its times settled."""

    submission: Submission
    times: Times


def check_submission(
    fields: Mapping[str, object], door: Door, received_at: datetime
) -> Accepted | tuple[Problem, ...]:
    """Decide on fields that are already apart, from `strict_json.parse`, a form or a row of a sheet."""
    if found := strict_json.check(cast("dict[str, strict_json.Json]", fields)):
        return (found,)
    return decide(fields, door, received_at)


def decide(fields: Mapping[str, object], door: Door, received_at: datetime) -> Accepted | tuple[Problem, ...]:
    """Decide on fields that `strict_json` has checked already."""
    if door.default_channel and "channel" not in fields:
        fields = {"channel": door.default_channel, **fields}
    try:
        submission = Submission.model_validate(fields)
    except ValidationError as refused:
        return problems_of(refused)
    if problems := tuple(_contradictions(submission, door)):
        return problems
    told = submission.submitted_at if door.trusts_submitted_at else None
    return Accepted(submission, settle(submission.occurred_at, told, received_at))


def _contradictions(submission: Submission, door: Door) -> list[Problem]:
    problems: list[Problem] = []
    if submission.channel not in door.channels:
        problems.append(problem("channel", "channel_not_allowed"))
    if submission.purpose == "observation" and submission.observation is None:
        problems.append(problem("observation", "observation_missing"))
    if submission.purpose == "request" and submission.observation is not None:
        problems.append(problem("observation", "observation_unexpected"))
    if submission.contact and not submission.contact.empty and not submission.consent:
        problems.append(problem("consent", "consent_missing"))
    return problems


def _paths(model: type[BaseModel], *parts: tuple[str, type[BaseModel]]) -> frozenset[str]:
    inner = (f"{name}.{field}" for name, part in parts for field in part.model_fields)
    return frozenset((*model.model_fields, *inner))


_KNOWN_FIELDS: Final = _paths(
    Submission, ("coordinates", Coordinates), ("contact", Contact), ("observation", Observation)
)


def codes_of(problems: Sequence[Problem]) -> str:
    """Problems as they may be stored: `text:too_long consent:consent_missing`.

    A field that is not ours is not named: its name came from outside and may be a person's.
    """
    return " ".join(f"{p.field if p.field in _KNOWN_FIELDS else ''}:{p.code}" for p in problems)[:500]


def body_hash(key: bytes, fields: Mapping[str, object]) -> bytes:
    """HMAC-SHA256 over the canonical JSON of `fields`: the same key with another body is a conflict.

    Order of fields and white space of the JSON do not count; every value does. Keyed, so that the store's
    copy does not let anybody guess a short text.
    """
    canonical = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
    return mac(key, canonical)
