"""Who is told, for the demo: a mailbox for every body that can own a case, and one webhook.

The bodies are those of the province, of its communes of today, and of the units that these came from: the
sample reports begin before the reform of 2025-07-01. What a former commune's body must know goes to the
mailbox of the commune that took it over.
"""

import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from typing import get_args

from services.routing.domain.owners import Registry, body_id
from services.routing.domain.ruleset import BodyLevel, Rules
from services.routing.map.official import REFORM_2025
from shared.contracts.vocabulary import Organisation
from shared.units import Unit, UnitMap, full_name

_ALWAYS: dict[str, tuple[str, ...]] = {
    "commune": ("mttq", "ubnd"),
    "province": ("mttq", "ubnd", "cong_an", "thanh_tra", "uy_ban_kiem_tra"),
}
"""Beyond the table of competences: those who are warned, watch, or take over from whom a case accuses."""
WEBHOOK_ID = "webhook-tinh"
WEBHOOK_KEY_NAME = "demo"


def mail_recipients(units: UnitMap, rules: Rules, home: str, today: date) -> Iterator[dict[str, str]]:
    """Rows for `load_recipients`, one a body. `home`: the province's code of today."""
    registry = Registry(rules)
    province = units.by_code(home, today, "province")
    if province is None:
        raise LookupError(f"no province {home} on {today}")
    kinds = _owning_kinds(rules, registry, today)
    for seat in (province, *units.units(today, "commune", province.id)):
        yield from _rows(seat, seat, kinds[seat.level])
    before = REFORM_2025 - timedelta(days=1)
    kinds = _owning_kinds(rules, registry, before)
    for former in _former(units, province, before):
        heir = _heir(units, former, today)
        yield from _rows(former, heir, kinds[former.level])


def webhook_recipient(province: str, url: str) -> dict[str, str]:
    """The province's Front also runs a system that takes signed webhooks."""
    return {
        "id": WEBHOOK_ID,
        "body": body_id("mttq", province),
        "channel": "webhook",
        "address": url,
        "secret_id": WEBHOOK_KEY_NAME,
    }


def mailbox_of(kind: str, unit: Unit) -> str:
    """A body's address: `mttq@phuong-vo-cuong.example`."""
    return f"{kind}@{_slug(full_name(unit))}.example"


def _owning_kinds(rules: Rules, registry: Registry, on: date) -> dict[str, list[str]]:
    """Kinds of bodies that can own a case or be warned on a day, by level."""
    found: dict[str, set[str]] = {
        level: {*kinds, *get_args(Organisation)} for level, kinds in _ALWAYS.items()
    }
    for row in rules.competences:
        if row.valid_from <= on and (row.valid_to is None or on < row.valid_to):
            found[row.level] |= {row.listening, *([row.resolving] if row.resolving else [])}
    levels: tuple[BodyLevel, ...] = ("province", "commune")
    return {
        level: sorted(kind for kind in found[level] if registry.body(kind, level, on)) for level in levels
    }


def _former(units: UnitMap, province: Unit, before: date) -> Iterator[Unit]:
    """The provinces that the present one was made of, and their communes; units that live on are left out."""
    origins = [edge.from_id for edge in units.predecessors(province.id, REFORM_2025)] or [province.id]
    for origin in origins:
        for unit in units.units(before, province=origin):
            if unit.level in ("province", "commune") and units.unit(unit.id, REFORM_2025) is None:
                yield unit


def _heir(units: UnitMap, former: Unit, today: date) -> Unit:
    """The unit of today that took most of it over; the first by id where it was parted."""
    heirs = units.present_of(former.id, today)
    order = ("whole", "population", "part")
    best = min(heirs, key=lambda heir: (order.index(heir[1]), heir[0]))
    found = units.unit(best[0], today)
    assert found is not None
    return found


def _rows(seat: Unit, mailbox: Unit, kinds: list[str]) -> Iterator[dict[str, str]]:
    for kind in kinds:
        body = body_id(kind, seat.id)
        yield {"id": body, "body": body, "channel": "email", "address": mailbox_of(kind, mailbox)}


def _slug(text: str) -> str:
    """ "Phường Võ Cường" -> "phuong-vo-cuong"."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return "-".join("".join(c if c.isalnum() else " " for c in letters).split())
