"""THE place of the conflict of interest: who owns a case and who may know of it. Nobody else decides that.

- Nobody who is accused, and no body of the accused's own unit, owns a case or may know of it: a commune's
  chair, deputy, police or official bars the whole commune and its hamlets; a hamlet's head bars the hamlets;
  an agency of the province bars itself. So does everybody else whom a guarded case's text brings near a deed,
  and every body of the province that it names and does not merely turn to, the Front among them.
- Corruption never goes to the commune. Party matters go to Party bodies.
- It fails closed: what looks like denunciation, corruption or officials' conduct without a positively
  resolved accused goes to the province's Front for triage, and nobody below the province knows of it.

Several independent signs make a case guarded, so that one missed sign does not open it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.routing.domain.case import Nature, Owners, Reason, Role
from services.routing.domain.owners import Registry, body_id, unit_of
from shared.contracts.vocabulary import Category, Level, Organisation, Purpose
from shared.units import UnitMap

_COMMUNE_ROLES: frozenset[Role] = frozenset(
    {"commune_chair", "commune_vice_chair", "commune_police", "commune_official"}
)
_DENUNCIATIONS = frozenset({"to_cao", "thong_tin_to_cao"})
_LOW: frozenset[Role] = frozenset({"hamlet_head", "school"})
_WATCH = (
    *("mttq", "uy_ban_kiem_tra", "thanh_tra", "ubnd", "cong_an"),
    *("cuu_chien_binh", "phu_nu", "nong_dan", "thanh_nien", "cong_doan"),
)
"""Who follows up at the province, the first that is not accused itself."""
_LISTENERS = frozenset({"mttq", "cuu_chien_binh", "phu_nu", "nong_dan", "thanh_nien", "cong_doan"})
"""They receive, pass on, supervise, and settle nothing (Luật Thực hiện dân chủ ở cơ sở 10/2022 Đ.87(3))."""
_ORGANS = {"ubnd": ("vp_ubnd", "thanh_tra")}
"""Bodies that are another's own and do not judge it."""
_SUPERIOR: dict[Role, str] = {
    "commune_chair": "ubnd",
    "commune_vice_chair": "ubnd",
    "commune_police": "cong_an",
}
_BASIS_CONFLICT = "Luật Tố cáo 25/2018 Đ.12(1); NĐ 31/2019 Đ.5"
_BASIS_ENTRUSTED = "Luật Tổ chức chính quyền địa phương 72/2025: cấp trên, cơ quan đầu mối giao việc"
_BASIS_CLOSED = "Nguyên tắc 2: chưa rõ người bị phản ánh thì giữ ở cấp tỉnh"


@dataclass(frozen=True, slots=True)
class Matter:
    """What the decision needs of a case: `path` from its unit (or, without one, the province) upwards."""

    category: Category
    nature: Nature
    purpose: Purpose
    organisation: Organisation | None
    unit: str | None
    path: tuple[str, ...]
    on: date


@dataclass(frozen=True, slots=True)
class Conflict:
    """Units none of whose bodies may know, and single bodies."""

    units: frozenset[str] = frozenset()
    bodies: frozenset[str] = frozenset()

    def bars(self, body: str) -> bool:
        return body in self.bodies or (bool(self.units) and unit_of(body) in self.units)


def guarded(matter: Matter) -> bool:
    """Whether the case looks like a denunciation, corruption or officials' conduct, by any sign."""
    nature = matter.nature
    return (
        nature.sensitive
        or nature.accused is not None
        or nature.legal_kind in _DENUNCIATIONS
        or matter.category == "tham-nhung-tieu-cuc"
    )


def resolved(matter: Matter) -> bool:
    """Whether it is positively known who is accused: the role, and the unit or agency it belongs to."""
    nature = matter.nature
    if nature.accused is None:
        return False
    if "agency_province" in _roles(matter):
        return nature.accused_kind is not None
    return matter.unit is not None


def conflict(matter: Matter, units: UnitMap) -> Conflict:
    """What the accused and those named beside them bar. Of nobody accused, the bodies that are named."""
    nature = matter.nature
    kinds = {*nature.named, *([nature.accused_kind] if nature.accused_kind else ())}
    organs = {organ for kind in kinds for organ in _ORGANS.get(kind, ())}
    bodies = frozenset(body_id(kind, matter.path[-1]) for kind in kinds | organs)
    roles = _roles(matter) - {"agency_province"}
    if not roles or matter.unit is None:
        return Conflict(bodies=bodies)
    commune = _commune(matter, units)
    below = frozenset(unit.id for unit in units.descendants(commune, matter.on))
    if roles & _COMMUNE_ROLES:
        return Conflict(below | {commune}, bodies)
    return Conflict(below, bodies)


def _roles(matter: Matter) -> frozenset[Role]:
    nature = matter.nature
    return frozenset((*nature.involved, *([nature.accused] if nature.accused else ())))


def assign(matter: Matter, registry: Registry, units: UnitMap, version: str) -> Owners:
    """Owners and audience of a case. Raises LookupError if the tables have no body for it."""
    province = matter.path[-1]
    if not guarded(matter):
        return _assign_open(matter, registry, units, version)
    bar = conflict(matter, units)
    if not resolved(matter):
        watch = _watch(province, bar, registry, matter.on)
        reason = Reason("audience.giu-o-cap-tinh", version, _BASIS_CLOSED)
        return Owners(watch, None, (watch,), (reason,))
    return _assign_guarded(matter, bar, registry, units, version)


def entrust(matter: Matter, body: str, registry: Registry, units: UnitMap, version: str) -> Owners | None:
    """As `assign`, with another body to settle the case, as a person or a clock wants it.

    None where it may not have it: it is barred; or not there on that day, or not on the case's path; or it
    only listens; or nobody settles the case; or a guarded case may not go so low, or its accused is not
    resolved yet.
    """
    kind, seat = body.partition("@")[0], unit_of(body)
    unit = units.unit(seat, matter.on)
    known = unit is not None and unit.level != "hamlet" and registry.body(kind, unit.level, matter.on)
    if not known or seat not in matter.path or kind in _LISTENERS or matter.purpose == "observation":
        return None
    bar = conflict(matter, units) if guarded(matter) else Conflict()
    if guarded(matter) and not (resolved(matter) and _may_settle_guarded(matter, kind, seat)):
        return None
    if bar.bars(body):
        return None
    usual = assign(matter, registry, units, version)
    others = (member for member in usual.audience if member != usual.resolving)
    reason = Reason("audience.giao-theo-quyet-dinh", version, _BASIS_ENTRUSTED)
    return Owners(usual.listening, body, _allowed((usual.listening, body, *others), bar), (reason,))


def _may_settle_guarded(matter: Matter, kind: str, seat: str) -> bool:
    """The superior's level, unless only a hamlet's head or a school is accused; of the Party its own body."""
    if matter.nature.party:
        return kind == "uy_ban_kiem_tra"
    return seat == matter.path[-1] or _low(matter)


def _low(matter: Matter) -> bool:
    """Whether a guarded case may stay in the commune: of those accused none has office there."""
    return _roles(matter) <= _LOW and matter.nature.level != "province" and not _corrupt(matter)


def _assign_guarded(
    matter: Matter, bar: Conflict, registry: Registry, units: UnitMap, version: str
) -> Owners:
    province = matter.path[-1]
    if _low(matter) and matter.unit is not None:
        commune = _commune(matter, units)
        listening = body_id("mttq", commune)
        resolving = _resolver(matter, "commune", commune, registry)
    else:
        listening = _watch(province, bar, registry, matter.on)
        resolving = _superior(matter, province, bar, registry)
    members = [listening, resolving, _watch(province, bar, registry, matter.on)]
    audience = _allowed(members, bar)
    reason = Reason("audience.cap-tren-truc-tiep", version, _BASIS_CONFLICT)
    # Nobody has to settle an observation, though the body that would may know of what it accuses.
    settles = resolving if matter.purpose == "request" else None
    return Owners(listening, settles, audience, (reason,))


def _superior(matter: Matter, province: str, bar: Conflict, registry: Registry) -> str | None:
    """The body of the province that takes over, or none if every fit one is barred."""
    if matter.nature.party or bar.bars(body_id("ubnd", province)):
        kinds = ["uy_ban_kiem_tra"]
    elif _corrupt(matter):
        kinds = ["thanh_tra", "uy_ban_kiem_tra"]
    else:
        superior = _SUPERIOR.get(matter.nature.accused) if matter.nature.accused else None
        settled_by = registry.competence(
            matter.category, "province", matter.on, matter.nature.flags
        ).resolving
        kinds = [kind for kind in (superior, settled_by, "thanh_tra") if kind]
    for kind in kinds:
        body = body_id(kind, province)
        if registry.body(kind, "province", matter.on) and not bar.bars(body):
            return body
    return None


def _assign_open(matter: Matter, registry: Registry, units: UnitMap, version: str) -> Owners:
    province = matter.path[-1]
    low = matter.nature.level != "province" and matter.unit is not None
    level, seat = ("commune", _commune(matter, units)) if low else ("province", province)
    row = registry.competence(
        matter.category, "commune" if low else "province", matter.on, matter.nature.flags
    )
    kind = matter.organisation if matter.purpose == "observation" and matter.organisation else row.listening
    listening = body_id(kind, seat)
    resolving = None
    if matter.purpose == "request":
        resolving = _resolver(matter, level, seat, registry)
    members = [listening, resolving, *_fronts(matter, units), body_id("mttq", province)]
    return Owners(
        listening, resolving, _allowed(members, Conflict()), (Reason(row.rule, version, row.basis),)
    )


def _resolver(matter: Matter, level: str, seat: str, registry: Registry) -> str | None:
    table: Level = "province" if level == "province" else "commune"
    row = registry.competence(matter.category, table, matter.on, matter.nature.flags)
    return body_id(row.resolving, seat) if row.resolving else None


def _fronts(matter: Matter, units: UnitMap) -> Iterable[str]:
    """The Front follows at every level: in the commune, and in the district while there was one."""
    for unit_id in matter.path[:-1]:
        unit = units.unit(unit_id, matter.on)
        if unit is not None and unit.level != "hamlet":
            yield body_id("mttq", unit_id)


def _watch(province: str, bar: Conflict, registry: Registry, on: date) -> str:
    there = [body_id(kind, province) for kind in _WATCH if registry.body(kind, "province", on)]
    if not there:
        raise LookupError(f"no body of the province follows cases up on {on}")
    # A text that names every one of them must still reach a person: the one exception to the rule.
    return next((body for body in there if not bar.bars(body)), there[-1])


def _corrupt(matter: Matter) -> bool:
    return matter.category == "tham-nhung-tieu-cuc"


def _commune(matter: Matter, units: UnitMap) -> str:
    """The commune on the path of a unit, which may be a hamlet of it."""
    for unit_id in matter.path:
        unit = units.unit(unit_id, matter.on)
        if unit is not None and unit.level == "commune":
            return unit_id
    raise LookupError(f"no commune on the path of {matter.unit} on {matter.on}")


def _allowed(members: Iterable[str | None], bar: Conflict) -> tuple[str, ...]:
    return tuple(dict.fromkeys(body for body in members if body is not None and not bar.bars(body)))
