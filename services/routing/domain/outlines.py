"""Which communes a point on the earth lies in, or so near to that its coordinates cannot tell."""

from collections.abc import Sequence

import shapely
from shapely import STRtree

_NEAR = 0.0015
"""Degrees, about 160 m: coordinates are rounded to 11 m, outlines are simplified, phones err."""
_FAR = 0.02
"""Degrees, about 2 km: beyond that a point is outside for certain."""


class Outlines:
    """Polygons by official code. The index is made once."""

    __slots__ = ("_codes", "_shapes", "_tree")

    def __init__(self, outlines: Sequence[tuple[str, str]]) -> None:
        """`outlines`: (code, GeoJSON geometry in WGS84). Raises shapely's GEOSException if one is none."""
        self._codes = [code for code, _ in outlines]
        self._shapes = shapely.from_geojson([geometry for _, geometry in outlines])
        shapely.prepare(self._shapes)
        self._tree = STRtree(self._shapes)

    def at(self, latitude: float, longitude: float) -> tuple[str, ...]:
        """Codes of the commune that holds the point, then of those that nearly do; none for a far point."""
        point = shapely.Point(longitude, latitude)
        near = self._tree.query(point, predicate="dwithin", distance=_NEAR)
        inside = set(self._tree.query(point, predicate="intersects").tolist())
        return tuple(self._codes[at] for at in sorted(near.tolist(), key=lambda at: (at not in inside, at)))

    def far(self, latitude: float, longitude: float) -> bool:
        """Whether the point is certainly in none of them."""
        point = shapely.Point(longitude, latitude)
        return not len(self._tree.query(point, predicate="dwithin", distance=_FAR))
