"""Units that are merged or split: who ends, who begins, where each goes, and what lay below them."""

from services.routing.domain.map_changes.draft import Draft, Refused, level_of
from services.routing.domain.map_changes.wanted import Merge, Part, Split
from shared.units import Unit, UnitRecord, full_name


def merge(wanted: Merge, draft: Draft) -> None:
    """The sources end, their children come under the heir. Raises Refused."""
    if (wanted.target is None) == (wanted.new is None):
        raise Refused("target", "one_of_two")
    if len(set(wanted.sources)) != len(wanted.sources):
        raise Refused("units", "twice")
    if len(wanted.sources) < (2 if wanted.new else 1):
        raise Refused("units", "too_few")
    if wanted.target in wanted.sources:
        raise Refused("target", "circle")
    sources = [draft.living(unit_id, "units") for unit_id in wanted.sources]
    heir = _heir(wanted, draft, sources)
    for row in sources:
        if row.level != heir.level:
            raise Refused("units", "wrong_level", unit=full_name(row))
        draft.end(row)
        draft.link(row.id, heir.id, "whole")
        for child in draft.units.children(row.id, wanted.effective):
            draft.put_below(child, heir)


def _heir(wanted: Merge, draft: Draft, sources: list[Unit]) -> Unit | UnitRecord:
    if wanted.target is not None:
        return draft.standing(wanted.target, "target")
    assert wanted.new is not None
    if level_of(wanted.new.type) != sources[0].level:
        raise Refused("type", "wrong_level", unit=full_name(sources[0]))
    parent = wanted.parent
    if parent is None:
        parents = {row.parent for row in sources}
        if len(parents) > 1:
            raise Refused("parent", "needed")
        parent = sources[0].parent
    elif draft.standing(parent, "parent").level not in {_level_above(draft, row) for row in sources}:
        raise Refused("parent", "wrong_level", unit=full_name(draft.standing(parent, "parent")))
    return draft.add(wanted.new, parent, invented=all(row.invented for row in sources))


def _level_above(draft: Draft, row: Unit) -> str | None:
    above = draft.units.unit(row.parent, draft.effective) if row.parent else None
    return above.level if above else None


def split(wanted: Split, draft: Draft) -> None:
    """The source goes to its parts, its children where they are told to. Raises Refused."""
    if len(wanted.parts) < 2:
        raise Refused("parts", "too_few")
    stays = any(part.unit == wanted.source for part in wanted.parts)
    source = (draft.standing if stays else draft.living)(wanted.source, "unit")
    if not stays:
        draft.end(source)
    heirs = [_part(part, source, draft) for part in wanted.parts]
    if len({heir.id for heir in heirs}) != len(heirs):
        raise Refused("parts", "twice")
    if sum(part.kind == "population" for part in wanted.parts) > 1:
        raise Refused("parts", "two_populations")
    for part, heir in zip(wanted.parts, heirs, strict=True):
        if heir.id != source.id:
            draft.link(source.id, heir.id, part.kind)
    _deal_children(wanted, source, heirs, draft, stays=stays)


def _part(part: Part, source: Unit, draft: Draft) -> Unit | UnitRecord:
    if part.kind not in ("population", "part"):
        raise Refused("parts", "unknown_share")
    if (part.unit is None) == (part.new is None):
        raise Refused("parts", "one_of_two")
    if part.unit is not None:
        heir = source if part.unit == source.id else draft.standing(part.unit, "parts")
        if heir.level != source.level:
            raise Refused("parts", "wrong_level", unit=full_name(heir))
        return heir
    assert part.new is not None
    if level_of(part.new.type) != source.level:
        raise Refused("parts", "wrong_level", unit=full_name(source))
    return draft.add(part.new, source.parent, invented=source.invented)


def _deal_children(
    wanted: Split, source: Unit, heirs: list[Unit | UnitRecord], draft: Draft, *, stays: bool
) -> None:
    children = draft.units.children(source.id, wanted.effective)
    if strange := set(wanted.children) - {child.id for child in children}:
        known = draft.units.last(min(strange))
        raise Refused("children", "not_below", unit=full_name(known) if known else "")
    for child in children:
        number = wanted.children.get(child.id)
        if number is None:
            if not stays:
                raise Refused("children", "needed", unit=full_name(child))
        elif not 0 <= number < len(heirs):
            raise Refused("children", "unknown_part", unit=full_name(child))
        elif heirs[number].id != source.id:
            draft.put_below(child, heirs[number])
