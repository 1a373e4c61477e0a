"""The table of recipients from a sheet: the same sheet twice changes nothing."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.notify.domain.addresses import is_mailbox, is_webhook_url
from services.notify.store import recipients as store
from services.notify.store.recipients import RecipientRow
from shared.database import Database

COLUMNS = ("id", "body", "channel", "address", "secret_id", "policy", "active", "language")
_ID = re.compile(r"[a-z0-9][a-z0-9._@:/-]{0,79}")
_BODY = re.compile(r"[a-z_]+@u[0-9a-z]{6,15}")
_SECRET = re.compile(r"[a-z0-9][a-z0-9._:-]{0,63}")
_TRUTH = {"": True, "1": True, "true": True, "0": False, "false": False}
_CHOICES = {
    "channel": ("email", "webhook"),
    "policy": ("digest", "at_once", "urgent_only"),
    "language": ("vi", "en"),
}


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was refused: its number from 1, and the column at fault."""

    row: int
    column: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows were new or different, and which were refused."""

    changed: int
    refused: tuple[Refused, ...]


async def load_recipients(database: Database, rows: Iterable[Mapping[str, str]]) -> Loaded:
    """Write recipients by their id. `rows`: mappings with COLUMNS, as csv.DictReader gives them; the last
    four may be missing or empty (no secret, digest, active, Vietnamese). A bad row refuses itself only."""
    good, refused = read_rows(rows)
    if not good:
        return Loaded(0, refused)
    async with database.transaction() as tx:
        return Loaded(await store.upsert(tx, good), refused)


def read_rows(rows: Iterable[Mapping[str, str]]) -> tuple[Sequence[RecipientRow], tuple[Refused, ...]]:
    """The rows that may be stored, and the refusals. Of two rows with one id the second is refused."""
    good: dict[str, RecipientRow] = {}
    refused: list[Refused] = []
    for number, raw in enumerate(rows, 1):
        cells = {name: (raw.get(name) or "").strip() for name in COLUMNS}
        cells["policy"] = cells["policy"] or "digest"
        cells["language"] = cells["language"] or "vi"
        fault = "id" if cells["id"] in good else _fault(cells)
        if fault:
            refused.append(Refused(number, fault))
        else:
            good[cells["id"]] = _row(cells)
    return list(good.values()), tuple(refused)


def _row(cells: Mapping[str, str]) -> RecipientRow:
    return RecipientRow(
        cells["id"],
        cells["body"],
        cells["channel"],
        cells["address"],
        cells["secret_id"] or None,
        cells["policy"],
        _TRUTH[cells["active"].lower()],
        cells["language"],
    )


def _fault(cells: Mapping[str, str]) -> str | None:
    if not _ID.fullmatch(cells["id"]):
        return "id"
    if not _BODY.fullmatch(cells["body"]):
        return "body"
    for column, allowed in _CHOICES.items():
        if cells[column] not in allowed:
            return column
    if cells["active"].lower() not in _TRUTH:
        return "active"
    webhook = cells["channel"] == "webhook"
    if not (is_webhook_url if webhook else is_mailbox)(cells["address"]):
        return "address"
    return "secret_id" if webhook and not _SECRET.fullmatch(cells["secret_id"]) else None
