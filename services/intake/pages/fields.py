"""The form's controls and the submission's fields: one into the other, and problems back."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl

from services.intake.domain.problems import Problem

CONTROLS: Final = (
    "key", "purpose", "text", "place", "commune", "group", "stance", "breadth", "people", "second_hand",
    "name", "phone", "email", "consent", "website",
)  # fmt: skip
_CONTROL_OF: Final = {
    "place_hint": "place",
    "reporter_unit": "commune",
    "observation": "group",
    "observation.group": "group",
    "observation.stance": "stance",
    "observation.breadth": "breadth",
    "observation.people": "people",
    "observation.second_hand": "second_hand",
    "contact.name": "name",
    "contact.phone": "phone",
    "contact.email": "email",
}
_MOST_FIELDS: Final = 40


def read_form(body: bytes) -> dict[str, str] | None:
    """The controls' values as typed, empty ones left out; None if the body is no form."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"), encoding="utf-8", errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        return None
    return {name: value for name, value in pairs if name in CONTROLS and value.strip()}


def submission_fields(values: Mapping[str, str], communes: Mapping[str, str]) -> dict[str, object]:
    """The submission that these values say. `communes`: names by official code, for the chosen one."""
    purpose = values.get("purpose", "request")
    chosen = communes.get(values.get("commune", ""))
    told: dict[str, object | None] = {
        "text": values.get("text", ""),
        "purpose": purpose,
        "channel": "web",
        "place_hint": ", ".join(filter(None, (values.get("place", "").strip(), chosen))) or None,
        "reporter_unit": values.get("commune") if chosen else None,
        "observation": _observation(values) if purpose == "observation" else None,
        "contact": {name: values[name] for name in ("name", "phone", "email") if name in values} or None,
        "consent": values.get("consent") == "1",
    }
    return {name: value for name, value in told.items() if value is not None}


def _observation(values: Mapping[str, str]) -> dict[str, object]:
    seen: dict[str, object] = {
        name: values[name] for name in ("group", "stance", "breadth") if name in values
    }
    people = values.get("people", "").strip()
    if people:
        seen["people"] = (
            int(people) if people.isascii() and people.isdecimal() and len(people) < 10 else people
        )
    seen["second_hand"] = values.get("second_hand") == "1"
    return seen


def errors_by_control(problems: Sequence[Problem]) -> dict[str, str]:
    """The first message for each control; what belongs to none stands with the text."""
    found: dict[str, str] = {}
    for problem in problems:
        control = _CONTROL_OF.get(problem.field, problem.field)
        found.setdefault(control if control in CONTROLS else "text", problem.message_vi)
    return found
