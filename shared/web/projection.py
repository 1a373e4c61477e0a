"""Outlines of units as SVG path data, from boundaries as GeoJSON (EPSG:4326). Pure.

Equirectangular projection at the mean latitude: over one province its error of scale stays below 0.5%.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import cos, radians
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

METRES_PER_DEGREE = 111_195.0  # of a great circle, mean radius of the Earth 6,371 km


@dataclass(frozen=True, slots=True)
class Area:
    """A unit on the map: official code, name, and its outline as SVG path data."""

    code: str
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class BaseMap:
    """Projected outlines in a view box of `width` x `height` units."""

    width: int
    height: int
    areas: tuple[Area, ...]


def base_map(geojson: Mapping[str, Any], *, width: int = 1000, tolerance_m: float = 150.0) -> BaseMap:
    """Project and simplify a FeatureCollection whose properties have `code` and `name`.

    Neighbours are simplified together, so that they keep their common border. `tolerance_m`: metres, the
    side of the largest detail that is left out. Takes some tenths of a second: do it once and keep it.
    """
    features = geojson["features"]
    outlines = shapely.from_wkb([shape(f["geometry"]).wkb for f in features])
    _, south, _, north = shapely.total_bounds(outlines)
    squeeze = cos(radians((south + north) / 2))
    metres = shapely.transform(outlines, lambda p: p * (METRES_PER_DEGREE * squeeze, METRES_PER_DEGREE))
    simple = shapely.coverage_simplify(metres, tolerance_m)
    west, low, east, high = shapely.total_bounds(simple)
    scale = width / (east - west)
    drawn = shapely.transform(simple, lambda p: (p - (west, high)) * (scale, -scale))
    areas = tuple(
        Area(f["properties"]["code"], f["properties"]["name"], _path(outline))
        for f, outline in zip(features, drawn, strict=True)
    )
    return BaseMap(width, round((high - low) * scale), areas)


def _path(outline: BaseGeometry) -> str:
    """Whole coordinates, relative from point to point: a third of the bytes of absolute decimals."""
    return "".join(_ring(ring.coords) for polygon in _polygons(outline) for ring in _rings(polygon))


def _polygons(outline: BaseGeometry) -> Iterator[Any]:
    yield from getattr(outline, "geoms", [outline])


def _rings(polygon: Any) -> Iterator[Any]:
    yield polygon.exterior
    yield from polygon.interiors


def _ring(coordinates: Any) -> str:
    points = [(round(x), round(y)) for x, y in coordinates]
    x, y = points[0]
    steps = []
    for next_x, next_y in points[1:-1]:
        if (next_x, next_y) != (x, y):
            steps.append(f"{next_x - x},{next_y - y}")
            x, y = next_x, next_y
    return f"M{points[0][0]},{points[0][1]}l{' '.join(steps)}z" if len(steps) > 1 else ""
