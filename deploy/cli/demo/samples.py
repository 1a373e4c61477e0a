"""The labelled sample reports as posts: each by the door that its channel would use."""

from collections.abc import Iterator
from pathlib import Path

import orjson

from deploy.cli.demo.posts import HOTLINE, PORTAL, SHEETS, DemoSource, DoorName, Post

CORPUS = Path(__file__).parents[1] / "data" / "reports-vi.jsonl"
_FIELDS = ("text", "channel", "language", "place_hint", "reporter_unit", "submitted_at")
_DOORS: dict[str, tuple[DoorName, DemoSource]] = {
    "web": ("http", PORTAL),
    "email": ("http", PORTAL),
    "collaborator": ("sheet", SHEETS),
    "in_person": ("sheet", SHEETS),
    "bulk": ("sheet", SHEETS),
}
_ELSE: tuple[DoorName, DemoSource] = ("kafka", HOTLINE)


def sample_posts() -> Iterator[Post]:
    """All 420, with their own channel, place, unit and time of submission; the labels stay here."""
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        row = orjson.loads(line)
        fields = {name: row[name] for name in _FIELDS if row[name] is not None}
        door, source = _DOORS.get(row["channel"], _ELSE)
        yield Post("samples", door, source, row["id"], fields)
