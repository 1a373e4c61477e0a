"""Outlines of the communes of the home province since 2025-07-01, as data; `README.md` says from where."""

import json
from functools import cache
from pathlib import Path

from services.routing.domain.outlines import Outlines

FILE = Path(__file__).parent / "communes-24.geojson"


@cache
def standard() -> Outlines:
    """The outlines that are delivered with the service."""
    features = json.loads(FILE.read_bytes())["features"]
    return Outlines(
        [(feature["properties"]["code"], json.dumps(feature["geometry"])) for feature in features]
    )
