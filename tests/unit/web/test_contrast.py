"""The tokens' contrasts reach WCAG 2.2 AA, in light and dark: 4.5 for text, 3 for controls and drawings."""

import re
from itertools import pairwise

import pytest

from shared.web.static_files import STATIC_DIR

SHEET = (STATIC_DIR / "tokens.css").read_text(encoding="utf-8")
LIGHT, DARK, PAPER = (
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", part)) for part in re.split(r"@media[^{]+\{", SHEET)
)
GROUNDS = ("ground", "surface")
TEXTS = [(text, ground) for ground in (*GROUNDS, "raised") for text in ("text", "muted", "link")]
TONES = [(f"{tone}-fg", f"{tone}-bg") for tone in ("neutral", "info", "good", "warn", "danger")]
ERRORS = [("danger-fg", ground) for ground in GROUNDS]
CONTROLS = [(line, ground) for ground in GROUNDS for line in ("control-line", "focus")]


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1, as WCAG defines it for sRGB."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, LIGHT | DARK, LIGHT | PAPER], ids=["light", "dark", "paper"])
def test_text_and_controls_can_be_read(tokens: dict[str, str]) -> None:
    for front, back in [*TEXTS, *TONES, *ERRORS, ("on-brand", "brand")]:
        assert contrast(tokens[front], tokens[back]) >= 4.5, (front, back)
    for front, back in CONTROLS:
        assert contrast(tokens[front], tokens[back]) >= 3, (front, back)


@pytest.mark.parametrize("tokens", [LIGHT, LIGHT | DARK], ids=["light", "dark"])
def test_steps_of_the_map_can_be_told_apart_without_colour(tokens: dict[str, str]) -> None:
    for lower, higher in pairwise(f"q{i}" for i in range(6)):
        assert contrast(tokens[lower], tokens[higher]) >= 1.25, (lower, higher)


@pytest.mark.parametrize("tokens", [LIGHT, LIGHT | DARK], ids=["light", "dark"])
def test_series_stand_out_from_the_card(tokens: dict[str, str]) -> None:
    for i in range(8):
        assert contrast(tokens[f"s{i}"], tokens["surface"]) >= 3, i
