"""Any sequence of changes of the map: every unit has a parent on every day, and lineage leads on."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.map_changes import (
    Abolish,
    Create,
    Merge,
    NewUnit,
    Part,
    Rename,
    Retype,
    Split,
    plan,
)
from shared.units import LEVELS, MapChange
from tests.unit.routing.test_map_changes import DAY, LAW, ON, small_map

_IDS = ["up", "ua", "ub", "uh1", "uh2", "uh3", "new0", "new1", "new2"]
_units = st.sampled_from(_IDS)
_days = st.integers(-400, 400).map(lambda n: ON + timedelta(days=n))
_new = st.builds(
    NewUnit,
    st.sampled_from(["Hòa", "Thuận", "An"]),
    st.sampled_from(["xa", "phuong", "thon", "to_dan_pho"]),
    st.sampled_from([None, "09001", "09005", "09006"]),
)
_parts = st.lists(
    st.one_of(
        st.builds(Part, st.sampled_from(["population", "part"]), unit=_units),
        st.builds(Part, st.just("part"), new=_new),
    ),
    min_size=1,
    max_size=3,
).map(tuple)
_hamlets = st.permutations(["Trên", "Dưới", "Giữa"]).map(
    lambda names: tuple(Part("part", new=NewUnit(name, "thon")) for name in names[:2])
)
_wanted = st.one_of(
    st.builds(Create, _days, st.just(LAW), _new, _units),
    st.builds(Rename, _days, st.just(LAW), _units, st.sampled_from(["Mới", "An", "Xa"])),
    st.builds(Retype, _days, st.just(LAW), _units, st.sampled_from(["xa", "phuong", "thon", "to_dan_pho"])),
    st.builds(Merge, _days, st.just(LAW), st.lists(_units, max_size=3).map(tuple), target=_units),
    st.builds(Merge, _days, st.just(LAW), st.lists(_units, max_size=3).map(tuple), new=_new),
    st.builds(
        Split, _days, st.just(LAW), _units, _parts, st.dictionaries(_units, st.integers(0, 2), max_size=3)
    ),
    st.builds(Abolish, _days, st.just(LAW), _units),
    st.builds(Split, _days, st.just(LAW), st.sampled_from(["uh1", "uh3", "new0"]), _hamlets),
)


def _fresh(units):
    return [unit_id for unit_id in sorted(_every(units)) if unit_id not in _IDS]


def _every(units):
    return {"up", *units.ever_below("up")}


def _meant(wanted, names):
    """The request with `new0`... standing for units that earlier changes made."""
    text = repr(wanted)
    for n, unit_id in enumerate(names[:3]):
        text = text.replace(f"'new{n}'", f"'{unit_id}'")
    scope = {c.__name__: c for c in (Abolish, Create, Merge, NewUnit, Part, Rename, Retype, Split)}
    return eval(text, {**scope, "datetime": __import__("datetime")})


@settings(max_examples=150, deadline=None)
@given(st.lists(_wanted, min_size=1, max_size=8))
def test_after_any_sequence_every_unit_has_a_parent_on_every_day_and_lineage_leads_on(sequence):
    units, versions = small_map(), [small_map()]
    for number, wanted in enumerate(sequence):
        change = plan(_meant(wanted, _fresh(units)), units, UUID(int=number))
        if isinstance(change, MapChange):
            units = units.apply(change)
            versions.append(units)
    rows = [row for unit_id in _every(units) for row in units.history(unit_id)]
    days = {day for r in rows for day in (r.valid_from, r.valid_to) if day}
    for day in days | {day - DAY for day in days}:
        _sound_on(units, day, rows)
    for version, then in enumerate(versions, start=1):
        assert {row for i in _every(then) for row in then.history(i)} == {
            row for i in _every(then) for row in units.known_at(version).history(i)
        }


def _sound_on(units, day, rows):
    held = []
    for row in (r for r in rows if r.valid_at(day)):
        path = units.path(row.id, day)
        assert path[-1] == "up", (row, day)
        assert len(set(path)) == len(path)
        levels = [LEVELS.index(units.unit(step, day).level) for step in path]
        assert levels == sorted(levels, reverse=True)
        held.append((row.level, row.code))
    assert len(set(held)) == len(held), day
    for unit_id in {r.id for r in rows}:
        last, was_there = units.last(unit_id), units.history(unit_id)[0].valid_from <= day
        abolished = not units.successors(unit_id, date.max)
        if was_there and last.valid_to is not None and not abolished:
            living = units.present_of(unit_id, day)
            assert living or _ends_in_abolition(units, unit_id, day), (unit_id, day)


def _ends_in_abolition(units, unit_id, day):
    """Whether what it became was abolished itself: nothing is left to lead to."""
    heirs = [edge.to_id for edge in units.successors(unit_id, day)]
    return all(
        units.unit(heir, day) is None
        and (not units.successors(heir, day) or _ends_in_abolition(units, heir, day))
        for heir in heirs
    )
