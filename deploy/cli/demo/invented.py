"""Invented reports: a downpour today, the calm weeks before it, observations, and planted personal data.

The surge detector (EARS C2) compares a day with the seven days that end three days before it. Its baseline is
therefore submitted like everything else, by a registered source of its own, with past times of submission.
"""

import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from deploy.cli.demo.posts import HISTORY, HOTLINE, PORTAL, SHEETS, DemoSource, DoorName, Part, Post

_DATA = Path(__file__).parent / "data"
_OBSERVATIONS = 36
_MEMBERS: tuple[tuple[DoorName, DemoSource], ...] = (
    ("sheet", SHEETS),
    ("kafka", HOTLINE),
    ("http", PORTAL),
)


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune of today: its official code and full name."""

    code: str
    name: str


class Invention:
    """Everything invented, the same at every run but for the dates; `now` is the local time of the run."""

    def __init__(self, communes: Sequence[Commune], now: datetime) -> None:
        self._communes = sorted(communes, key=lambda commune: commune.code)
        self._now = now
        self._random = random.Random(24)
        self._told = _read("invented.toml")
        self._planted = _read("canaries.toml")
        code = self._told["surge"]["commune"]
        self.flooded = next(commune for commune in self._communes if commune.code == code)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The planted personal data."""
        planted = [secret for report in self._planted["report"] for secret in report["secret"]]
        return (*planted, *self._planted["refused"].values())

    @property
    def refused_contact(self) -> dict[str, str]:
        """A contact to plant in what is refused."""
        return dict(self._planted["refused"])

    def surge(self) -> Iterator[Post]:
        """Residents of one commune, over the public door, today: their time is the clock's."""
        for number, text in enumerate(self._told["surge"]["texts"], 1):
            yield self._public("surge", number, {"text": text, "place_hint": self.flooded.name})

    def baseline(self) -> Iterator[Post]:
        """Four calm weeks: a little flooding in that commune, a little of everything elsewhere."""
        told = self._told["baseline"]
        for days_ago in range(told["days"], 0, -1):
            floods = self._random.choice(told["flood_a_day"])
            others = self._random.choice(told["other_a_day"])
            rows = [(self._random.choice(told["flood"]), self.flooded) for _ in range(floods)]
            rows += [(self._random.choice(told["other"]), self._commune()) for _ in range(others)]
            for number, (text, commune) in enumerate(rows, 1):
                fields = {**self._facts(text, commune, days_ago), "channel": "hotline"}
                yield Post("baseline", "kafka", HISTORY, f"calm-{days_ago}-{number}", fields)

    def observations(self) -> Iterator[Post]:
        """Members of the network tell moods of the past fortnight, by all three doors."""
        told = self._told["observation"]
        for number in range(_OBSERVATIONS):
            row = told[number % len(told)]
            door, source = _MEMBERS[number % len(_MEMBERS)]
            seen = {name: row[name] for name in ("group", "stance", "breadth", "people")}
            fields = {
                **self._facts(row["text"], self._commune(), 1 + number % 14),
                "channel": "collaborator",
                "purpose": "observation",
                "organisation": row["organisation"],
                "observation": {**seen, "second_hand": row.get("second_hand", False)},
            }
            yield Post("observations", door, source, f"mood-{number + 1}", fields)

    def canaries(self) -> Iterator[Post]:
        """Each planted report once by each door; the public's come with today's time."""
        for number, row in enumerate(self._planted["report"], 1):
            contact = {"contact": row["contact"], "consent": True} if "contact" in row else {}
            # A day each, long past: planted reports must raise no warning.
            place = {**self._facts(row["text"], self._commune(), 12 + number), **contact}
            yield Post("canaries", "sheet", SHEETS, f"canary-{number}", {**place, "channel": "in_person"})
            yield Post("canaries", "kafka", HOTLINE, f"canary-{number}", {**place, "channel": "zalo"})
            told = {name: value for name, value in place.items() if name != "submitted_at"}
            yield self._public("canaries", number, told)

    def _public(self, part: Part, number: int, fields: dict[str, Any]) -> Post:
        key = str(uuid5(NAMESPACE_URL, f"langnghe-demo/{part}/{number}"))
        return Post(part, "http", None, key, {**fields, "channel": "web"})

    def _facts(self, text: str, commune: Commune, days_ago: int) -> dict[str, Any]:
        at = (self._now - timedelta(days=days_ago)).replace(
            hour=self._random.randint(7, 20), minute=self._random.randint(0, 59), second=0, microsecond=0
        )
        return {
            "text": text.format(place=commune.name),
            "place_hint": commune.name,
            "reporter_unit": commune.code,
            "submitted_at": at.isoformat(),
        }

    def _commune(self) -> Commune:
        return self._random.choice(self._communes)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_DATA / name).read_text(encoding="utf-8"))
