"""From a claimed message to what a channel sends: today's facts, in the receiver's language."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from asyncpg import Record

from services.notify.domain.letter import Item, Words, write
from services.notify.domain.plan import notification_id
from services.notify.senders import Parcel
from services.notify.store.deliveries import Claimed
from shared.units import UnitMap, full_name
from shared.web.catalogue import BASE_TEXTS, Catalogue
from shared.web.filters import date_vi, datetime_vi, last_day, local

TEXTS = Path(__file__).parents[1] / "texts"


class ParcelMaker:
    """`units`: the map as it is now; `cases_url`: where routing's pages are, without a trailing slash."""

    def __init__(self, units: Callable[[], UnitMap], cases_url: str) -> None:
        self._units = units
        self._cases_url = cases_url.rstrip("/")
        self._catalogue = Catalogue.load(BASE_TEXTS, TEXTS)

    def make(self, claimed: Claimed, records: list[Record]) -> Parcel:
        """The message of the given items, at least one."""
        words = self._words(claimed.language)
        today = local(claimed.created_at).date()
        items = [self._item(record, words, today) for record in records]
        data = [self._data(claimed, record, item) for record, item in zip(records, items, strict=True)]
        return Parcel(
            claimed.id,
            claimed.kind,
            claimed.body,
            claimed.address,
            claimed.secret_id,
            claimed.language,
            claimed.created_at,
            write(claimed.kind, items, words),
            data,
        )

    def _words(self, language: str) -> Words:
        def text(key: str, **values: object) -> str:
            return self._catalogue.text(key, language, **values)

        def label(kind: str, code: str) -> str:
            return self._catalogue.label(kind, code, language)

        def deadline(moment: datetime) -> str:
            day = last_day(moment)
            return datetime_vi(moment) if day is None else text("mail.end_of_day", day=date_vi(day))

        return Words(text, label, deadline)

    def _item(self, record: Record, words: Words, today: date) -> Item:
        subject: UUID = record["subject_id"]
        case = record["subject_kind"] == "case"
        return Item(
            record["subject_kind"],
            subject,
            record["category"],
            self._place(record["unit"], words, today),
            record["restricted"],
            record["severity"],
            record["state"],
            record["settle_by"],
            record["observed"],
            record["expected"],
            f"{self._cases_url}/cases/{subject}" if case and self._cases_url else "",
        )

    def _place(self, unit_id: str | None, words: Words, today: date) -> str:
        if unit_id is None:
            return words.text("mail.no_place")
        units = self._units()
        unit = units.unit(unit_id, today) or units.last(unit_id)
        return unit_id if unit is None else full_name(unit)

    def _data(self, claimed: Claimed, record: Record, item: Item) -> dict[str, Any]:
        key = (record["subject_kind"], record["subject_id"], record["event_id"])
        common = {
            "notification_id": str(notification_id(*key, claimed.recipient_id)),
            "subject_kind": item.subject_kind,
            "subject_id": str(item.subject_id),
            "code": item.code,
            "version": record["version"],
            "category": item.category,
            "unit": record["unit"],
            "place": item.place,
            "restricted": item.restricted,
        }
        if item.subject_kind == "case":
            due = item.settle_by.isoformat() if item.settle_by else None
            return common | {
                "purpose": record["purpose"],
                "severity": item.severity,
                "state": item.state,
                "settle_by": due,
                "url": item.link or None,
            }
        return common | {
            "window_start": record["window_start"].isoformat(),
            "window_end": record["window_end"].isoformat(),
            "observed": item.observed,
            "expected": item.expected,
        }
