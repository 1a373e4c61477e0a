"""Reports in a file, one JSON object a line: as `langnghe predict` reads them, and samples with labels."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from services.routing.domain.case import Report
from shared.contracts.vocabulary import Channel
from shared.local_time import LOCAL

CORPUS = Path(__file__).parent / "data" / "reports-vi.jsonl"
TRAINING = CORPUS.with_name("reports-train.jsonl")
"""Reports by further writers, who never saw the rules: the text model is taught with them, nothing else."""
_TESTS = Path(__file__).parents[2] / "tests" / "data"
HELD = {name: _TESTS / f"reports-held-{name}.jsonl" for name in ("a", "b", "c")}
"""Reports by other writers, who never saw the rules: the first is learned from, the others only scored."""
_FIRST_DAY = date(2024, 1, 1)


class Line(BaseModel):
    """A line of the file; what else it holds (labels) is not read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = Field(min_length=1, max_length=200)
    channel: Channel
    text: str = Field(max_length=20_000)
    place_hint: str | None = None
    reporter_unit: str | None = None
    submitted_at: AwareDatetime

    def report(self) -> Report:
        """The report as intake hands it on."""
        on = self.submitted_at.astimezone(LOCAL).date()
        return Report(
            report_id=uuid5(NAMESPACE_URL, f"sample:{self.id}"),
            purpose="request",
            channel=self.channel,
            text=self.text,
            submitted_at=self.submitted_at,
            received_at=self.submitted_at,
            report_date=on,
            place_hint=self.place_hint,
            reporter_unit=self.reporter_unit,
            time_flags=("before_2024",) if on < _FIRST_DAY else (),
        )


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that is no report: its number (from 1) and why."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A report and what its writer says that it is."""

    id: str
    report: Report
    labels: dict[str, Any] = field(hash=False)


def lines(path: Path) -> Iterator[Line | Refused]:
    """Every line that is not blank. A second line of an id is refused. Raises OSError."""
    seen: set[str] = set()
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if not raw.strip():
                continue
            try:
                line = Line.model_validate_json(raw)
            except ValidationError as error:
                first = error.errors(include_input=False)[0]
                where = ".".join(map(str, first["loc"]))
                yield Refused(number, f"{where}: {first['msg']}" if where else first["msg"])
                continue
            if line.id in seen:
                yield Refused(number, f"id: {line.id!r} stands there already")
                continue
            seen.add(line.id)
            yield line


def samples(path: Path = CORPUS) -> list[Sample]:
    """The labelled reports of a file. Raises ValueError at a line that is none."""
    out = []
    for line in path.read_text().splitlines():
        row = json.loads(line)
        out.append(Sample(row["id"], Line.model_validate(row).report(), row["expect"]))
    return out
